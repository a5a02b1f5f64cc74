import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { createLogger } from "./logger.ts";
import { createService } from "./service.ts";

const LONG = JSON.stringify({ values: Array.from({ length: 1000 }, (_, k) => Math.sin(k)) });
const LONGER = `[${Array.from({ length: 10 }, () => LONG)}]`;
const app = createService({
  name: "test-svc",
  title: "Test",
  description: "A service for tests",
  version: "1.2.3",
  logger: createLogger("test-svc", "silent"),
});
const JSON_TYPE = { "content-type": "application/json" };
app.get("/long", (c) => c.body(LONG, 200, { ...JSON_TYPE, etag: '"a"', vary: "Accept" }));
app.get("/longer", (c) => c.body(LONGER, 200, JSON_TYPE));
app.get("/sized", (c) =>
  c.body(LONG, 200, { ...JSON_TYPE, "content-length": String(LONG.length) }),
);
app.get("/short", (c) => c.json({ values: [] }));
app.get("/whole", (c) => c.body(LONG, 200, { ...JSON_TYPE, "cache-control": "no-transform" }));
app.get("/image", (c) => c.body(LONG, 200, { "content-type": "image/png" }));
app.get("/events", (c) => c.body(LONG, 200, { "content-type": "text/event-stream" }));
app.get("/tensor", (c) => c.body(LONG, 200, { "content-type": "application/x-npy" }));

const get = (path: string, coding?: string) =>
  app.request(path, coding === undefined ? {} : { headers: { "accept-encoding": coding } });
const DECODE: Record<string, (bytes: Uint8Array) => Uint8Array> = {
  br: brotliDecompressSync,
  gzip: gunzipSync,
};

test.each([
  ["gzip, deflate, br", "br"],
  ["gzip", "gzip"],
  ["br;q=0.1, gzip;q=0.9", "gzip"],
  ["*", "br"],
  ["br;q=0, *", "gzip"],
  ["GZIP", "gzip"],
])("Accept-Encoding %s is answered in %s", async (accepted, coding) => {
  const answer = await get("/long", accepted);
  expect(answer.headers.get("content-encoding")).toBe(coding);
  expect(answer.headers.get("vary")).toBe("Accept, Accept-Encoding");
  expect(answer.headers.get("etag")).toBe('W/"a"');
  const bytes = new Uint8Array(await answer.arrayBuffer());
  expect(bytes.length).toBeLessThan(0.6 * LONG.length);
  expect(Buffer.from(DECODE[coding]?.(bytes) as Uint8Array).toString()).toBe(LONG);
});

test.each([undefined, "", "identity", "br;q=0, gzip;q=0", "deflate", "identity;q=0, nonsense"])(
  "Accept-Encoding %s is answered as it is",
  async (accepted) => {
    const answer = await get("/long", accepted);
    expect(answer.headers.get("content-encoding")).toBeNull();
    expect(answer.headers.get("etag")).toBe('"a"');
    expect(answer.headers.get("vary")).toBe("Accept, Accept-Encoding");
    expect(await answer.text()).toBe(LONG);
  },
);

test.each(["br", "gzip"])("a long answer is whole in %s", async (coding) => {
  const answer = await get("/longer", coding);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  expect(Buffer.from(DECODE[coding]?.(bytes) as Uint8Array).toString()).toBe(LONGER);
});

test("a length that was said is that of what is sent", async () => {
  const answer = await get("/sized", "gzip");
  const { byteLength } = await answer.arrayBuffer();
  expect(answer.headers.get("content-length") ?? String(byteLength)).toBe(String(byteLength));
});

test.each([
  ["/short", '{"values":[]}'],
  ["/whole", LONG],
  ["/image", LONG],
  ["/events", LONG],
  ["/tensor", LONG],
])("%s is sent as it is", async (path, body) => {
  const answer = await get(path, "br, gzip");
  expect(answer.headers.get("content-encoding")).toBeNull();
  expect(await answer.text()).toBe(body);
});

test("a long problem is compressed, HEAD has the headers of GET", async () => {
  const problem = await get(`/${"a".repeat(2000)}`, "gzip");
  expect([problem.status, problem.headers.get("content-encoding")]).toEqual([404, "gzip"]);
  const head = await app.request("/long", { method: "HEAD", headers: { "accept-encoding": "br" } });
  expect([head.headers.get("content-encoding"), await head.text()]).toEqual(["br", ""]);
});
