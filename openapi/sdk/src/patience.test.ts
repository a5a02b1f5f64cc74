import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { patientFetch } from "./patience.ts";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server that answers with `statuses`, one after the other. */
async function start(statuses: number[], retryAfter = "0") {
  const bodies: string[] = [];
  const listener: RequestListener = async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    bodies.push(body);
    response.writeHead(statuses[bodies.length - 1] ?? 200, { "retry-after": retryAfter });
    response.end();
  };
  const server = createServer(listener).listen(0, "127.0.0.1");
  closing.push(() => server.close());
  await once(server, "listening");
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies };
}

test.each([
  ["a GET is sent again until it is answered", {}, [503, 429, 200], 200, 3],
  ["but not for ever", {}, [503, 503, 503, 200], 503, 3],
  ["nor where nobody says when", {}, [500, 200], 500, 1],
  ["a POST with a key too", { method: "POST", key: true }, [503, 200], 200, 2],
  ["one without is not: it may have been done", { method: "POST" }, [503, 200], 503, 1],
  ["unless it was not looked at", { method: "POST" }, [429, 200], 200, 2],
])(
  "%s",
  async (_, {
    method = "GET",
    key = false,
  }: { method?: string; key?: boolean }, statuses, status, sent) => {
    const { url, bodies } = await start(statuses);
    const headers: Record<string, string> = key ? { "idempotency-key": "k" } : {};
    const body = method === "POST" ? "the body" : null;
    const answer = await patientFetch(fetch)(url, { method, headers, body });
    expect(answer.status).toBe(status);
    expect(bodies).toEqual(Array.from({ length: sent }, () => body ?? ""));
  },
);

test("a server that asks for too much patience, or none, is not waited for", async () => {
  const { url, bodies } = await start([503, 200], "3600");
  expect((await patientFetch(fetch)(url)).status).toBe(503);
  expect((await patientFetch(fetch, { retries: 0 })(url)).status).toBe(200);
  expect(bodies).toHaveLength(2);
});

test("who leaves while it waits is let go, and a server that is silent is given up", async () => {
  const { url } = await start([503, 200], "30");
  const leaving = new AbortController();
  const waiting = patientFetch(fetch)(url, { signal: leaving.signal });
  setTimeout(() => leaving.abort(new Error("left")), 200);
  await expect(waiting).rejects.toThrow("left");

  const silent = createServer(() => {}).listen(0, "127.0.0.1");
  closing.push(
    () => silent.closeAllConnections(),
    () => silent.close(),
  );
  await once(silent, "listening");
  const { port } = silent.address() as AddressInfo;
  const late = patientFetch(fetch, { timeoutSeconds: 0.2 })(`http://127.0.0.1:${port}`);
  await expect(late).rejects.toMatchObject({ name: "TimeoutError" });
});
