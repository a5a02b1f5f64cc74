import type { Answer, Sent } from "./answer.ts";

/** A service in this process. */
export type Fetch = (request: Request) => Response | Promise<Response>;

/** As `overNetwork`; what a service throws at once is a rejection too. */
export const withinProcess =
  (fetch: Fetch) =>
  async (url: URL, sent: Sent): Promise<Answer> =>
    answerOf(await fetch(new Request(url, { ...sent, duplex: "half" } as RequestInit)));

function answerOf(response: Response): Answer {
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    async bytes(each) {
      reader = response.body?.getReader();
      const parts: Uint8Array[] = [];
      for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
        each();
        parts.push(part.value);
      }
      return Buffer.concat(parts);
    },
    stream: () => response.body,
    drop: () => void reader?.cancel().catch(() => {}),
  };
}
