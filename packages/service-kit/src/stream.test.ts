import { HyperFaceError } from "@hyperface/contracts";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type Listening, listen } from "./listen.ts";
import { createLogger } from "./logger.ts";
import { createService } from "./service.ts";
import { streamBody } from "./stream.ts";

const lines: Record<string, unknown>[] = [];
const write = (line: string) => void lines.push(JSON.parse(line));
const logger = createLogger("test", "info", { write });
const app = createService({ name: "s", title: "", description: "", version: "1", logger });
const reading = { begun: 0, ended: 0 };
const endless = Number.POSITIVE_INFINITY;

/** `n` parts of a hundred bytes; then the end, or damage. */
async function* parts(n: number, isDamaged: boolean) {
  reading.begun++;
  try {
    for (let k = 0; k < n; k++) {
      await new Promise((done) => setImmediate(done));
      yield new Uint8Array(100).fill(k);
    }
    if (isDamaged) throw new HyperFaceError("damaged-object", "a/b is not as it was written");
  } finally {
    reading.ended++;
  }
}
app.get("/whole/:n", async (c) =>
  c.body(await streamBody(c, parts(Number(c.req.param("n")), false), logger)),
);
app.get("/damaged/:n", async (c) =>
  c.body(await streamBody(c, parts(Number(c.req.param("n")), true), logger)),
);

let server: Listening;
beforeAll(async () => {
  server = await listen(app, { port: 0 });
});
afterAll(() => server.close());
beforeEach(() => {
  lines.length = 0;
  Object.assign(reading, { begun: 0, ended: 0 });
});
const get = (path: string, init: RequestInit = {}) => fetch(server.url + path, init);

test.each([0, 1, 2, 3, 10])("%i parts come whole", async (n) => {
  const bytes = new Uint8Array(await (await get(`/whole/${n}`)).arrayBuffer());
  expect(bytes).toEqual(Uint8Array.from({ length: 100 * n }, (_, k) => Math.floor(k / 100)));
});

test.each([0, 1])("what fails before its second part is a problem (%i)", async (n) => {
  const answer = await get(`/damaged/${n}`);
  expect(answer.status).toBe(500);
  expect(await answer.json()).toMatchObject({ type: "urn:hyperface:problem:damaged-object" });
});

test("what fails later breaks off before the last part, and is a line of the log", async () => {
  const said = vi.spyOn(console, "error");
  const answer = await get("/damaged/5", { headers: { "x-request-id": "request-1" } });
  expect(answer.status).toBe(200);
  let came = 0;
  const read = async () => {
    for await (const bytes of answer.body as ReadableStream<Uint8Array>) came += bytes.length;
  };
  await expect(read()).rejects.toThrow();
  expect(came).toBeLessThan(500);
  const failed = { level: 50, msg: "answer cut off", path: "/damaged/5", requestId: "request-1" };
  expect(lines).toContainEqual(expect.objectContaining(failed));
  expect(JSON.stringify(lines)).not.toContain('"stack"');
  expect(said).not.toHaveBeenCalled();
  said.mockRestore();
});

test("HEAD ends the reading, and so does who leaves", async () => {
  expect((await get(`/whole/${endless}`, { method: "HEAD" })).status).toBe(200);
  expect(reading).toEqual({ begun: 1, ended: 1 });
  const leaving = new AbortController();
  const answer = await get(`/whole/${endless}`, { signal: leaving.signal });
  await answer.body?.getReader().read();
  leaving.abort();
  await vi.waitFor(() => expect(reading).toEqual({ begun: 2, ended: 2 }), 10_000);
});
