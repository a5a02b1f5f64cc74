type Fetch = typeof globalThis.fetch;

export interface PatienceOptions {
  /** How long an answer may take to begin; what streams may go on for longer. */
  timeoutSeconds?: number | undefined;
  /** How many times a request is sent again that a server has no time for now: 503 or 429 with Retry-After. */
  retries?: number | undefined;
}

/** Longest wait before a request is sent again. */
const MOST_SECONDS = 60;
/** Asked twice, these come to the same. */
const REPEATABLE = ["GET", "HEAD", "PUT", "PATCH", "DELETE"];

/**
 * fetch that waits for a server as it asks by Retry-After, and gives up on one that does not answer in time. A POST
 * is sent again only where it has an idempotency key, or was refused before it was looked at (429).
 */
export function patientFetch(
  fetch: Fetch,
  { timeoutSeconds = 300, retries = 2 }: PatienceOptions = {},
): Fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const repeatable =
      REPEATABLE.includes(request.method) || request.headers.has("idempotency-key");
    for (let left = retries; ; left--) {
      const answer = await withinTime(fetch, left > 0 ? request.clone() : request, timeoutSeconds);
      const seconds = Number(answer.headers.get("retry-after") ?? Number.NaN);
      const mayAgain = answer.status === 429 || (answer.status === 503 && repeatable);
      if (left <= 0 || !mayAgain || !(seconds <= MOST_SECONDS)) return answer;
      await answer.body?.cancel();
      await later(1000 * seconds, request.signal);
    }
  };
}

async function withinTime(fetch: Fetch, request: Request, seconds: number): Promise<Response> {
  const late = new AbortController();
  const reason = new DOMException(`no answer within ${seconds} s`, "TimeoutError");
  const timer = setTimeout(() => late.abort(reason), 1000 * seconds);
  try {
    return await fetch(request, { signal: AbortSignal.any([request.signal, late.signal]) });
  } finally {
    clearTimeout(timer);
  }
}

const later = (milliseconds: number, signal: AbortSignal) =>
  new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    const leave = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    if (signal.aborted) leave();
    signal.addEventListener("abort", leave, { once: true });
  });
