import { HyperFaceError } from "@hyperface/contracts";
import type { Answer } from "./answer.ts";

/** How long a call waits for its next sign of life, and for its end, seconds. */
export interface Limits {
  /** From the end of the request to the beginning of its answer. */
  headers: number;
  /** Between two parts of the answer. */
  body: number;
  /** From the end of the request to the end of its answer. */
  whole: number;
}

/** Ends a call by its signal where the caller leaves or the service falls silent. */
export interface Patience {
  signal: AbortSignal;
  /** Settles as `call` does, or rejects with the signal's reason: a service in this process may not heed it. */
  wait<T>(call: Promise<T>): Promise<T>;
  /** Passes on the request's body; the wait for headers begins anew with each part of it. */
  sending(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array>;
  /** Passes on the answer's body, and errors it where it takes too long. */
  receiving(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array>;
  /** The whole of the answer's body. */
  reading(answer: Answer): Promise<Uint8Array>;
  /** The call is over: nothing is waited for. */
  end(): void;
}

export function createPatience(
  service: string,
  limits: Limits,
  leaving: AbortSignal | undefined,
): Patience {
  // Of this call alone: what listens to a job's signal, which outlives thousands of calls, is kept as long as the job.
  const ended = new AbortController();
  const { signal } = ended;
  const leave = () => ended.abort(leaving?.reason);
  const timers: { next?: NodeJS.Timeout; whole?: NodeJS.Timeout } = {};
  const arm = (timer: keyof typeof timers, seconds: number, did: string) => {
    clearTimeout(timers[timer]);
    const detail = `${service} ${did} within ${seconds} s`;
    const giveUp = () => ended.abort(new HyperFaceError("timeout", detail));
    timers[timer] = setTimeout(giveUp, seconds * 1000);
  };
  const expectAnswer = () => arm("next", limits.headers, "gave no answer");
  const expectEnd = () => arm("whole", limits.whole, "did not end its answer");
  const expectMore = () => arm("next", limits.body, "gave no more of its answer");
  const end = () => {
    clearTimeout(timers.next);
    clearTimeout(timers.whole);
    leaving?.removeEventListener("abort", leave);
  };
  signal.addEventListener("abort", end, { once: true });
  expectAnswer();
  expectEnd();
  if (leaving?.aborted) leave();
  else leaving?.addEventListener("abort", leave, { once: true });

  const wait: Patience["wait"] = (call) => Promise.race([call, rejection(signal)]);
  return {
    signal,
    end,
    wait,
    sending(body) {
      clearTimeout(timers.whole);
      return body.pipeThrough(watching(expectAnswer, expectEnd));
    },
    receiving(body) {
      expectMore();
      return body.pipeThrough(watching(expectMore, end), { signal });
    },
    async reading(answer) {
      expectMore();
      try {
        return await wait(answer.bytes(expectMore));
      } catch (error) {
        answer.drop();
        throw error;
      } finally {
        end();
      }
    },
  };
}

const watching = (each: () => void, end: () => void) =>
  new TransformStream<Uint8Array, Uint8Array>({
    transform(part, controller) {
      each();
      controller.enqueue(part);
    },
    flush: end,
  });

const rejection = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
