import { Agent, request } from "node:http";
import { request as requestSecurely, Agent as SecureAgent } from "node:https";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

export interface Sent {
  method: string;
  headers: Headers;
  body: Uint8Array | string | ReadableStream<Uint8Array> | null;
  signal: AbortSignal;
}

/** An idle connection is let go of before a server of Node's defaults closes it, after 5 s: nothing is sent down one that ends. */
const KEEP = { keepAlive: true, timeout: 4000 };
const PLAIN = { request, agent: new Agent(KEEP) };
const SECURE = { request: requestSecurely, agent: new SecureAgent(KEEP) };

/** Bytes of an answer that are read ahead of who reads them. */
const AHEAD = 2 ** 16;
/** Statuses of answers that have no body (RFC 9110, 15). */
const WITHOUT_BODY = new Set([204, 205, 304]);

/**
 * What fetch does, as far as services need it, in half of its time: no redirects, cookies or decompression.
 * @throws Error where no answer begins; the signal's reason
 */
export function overNetwork(url: URL, { method, headers, body, signal }: Sent): Promise<Response> {
  const { request, agent } = url.protocol === "https:" ? SECURE : PLAIN;
  return new Promise((resolve, reject) => {
    const options = { method, headers: Object.fromEntries(headers), agent, signal };
    const sent = request(url, options, (answer) => {
      const { statusCode: status = 0, headers } = answer;
      const strategy = new ByteLengthQueuingStrategy({ highWaterMark: AHEAD });
      const hasBody = !WITHOUT_BODY.has(status);
      if (!hasBody) answer.resume();
      const received = hasBody ? (Readable.toWeb(answer, { strategy }) as ReadableStream) : null;
      resolve(new Response(received, { status, headers: headers as Record<string, string> }));
    });
    sent.on("error", reject);
    if (body instanceof ReadableStream) {
      pipeline(Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]), sent).catch(
        reject,
      );
    } else sent.end(body ?? undefined);
  });
}
