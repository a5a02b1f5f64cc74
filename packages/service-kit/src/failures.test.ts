import { connect } from "node:net";
import { HyperFaceError, ServiceAway } from "@hyperface/contracts";
import { expect, test } from "vitest";
import { createLogger } from "./logger.ts";
import { createService } from "./service.ts";

const refused = () =>
  new Promise<Error>((done) => connect(1, "127.0.0.1").on("error", (error) => done(error)));

/** What is thrown, and at what level its one line is; only a level of 50 with a stack is a developer's to mend. */
const FAILURES: [string, () => Promise<unknown>, number, boolean?][] = [
  ["no-face", async () => new HyperFaceError("no-face", "it has no face"), 30],
  ["rate-limited", async () => new HyperFaceError("rate-limited", "too many"), 30],
  ["overloaded", async () => new HyperFaceError("overloaded", "7 items wait"), 40],
  ["service-unavailable", async () => new ServiceAway("embed-svc", await refused()), 40],
  ["storage-full", async () => new HyperFaceError("storage-full", "no space"), 40],
  ["missing-object", async () => new HyperFaceError("missing-object", "no a/b"), 50],
  ["damaged-object", async () => new HyperFaceError("damaged-object", "a/b differs"), 50],
  ["internal", async () => new TypeError("a fault of ours"), 50, true],
];

test.each(FAILURES)(
  "a request that ends in %s is one line as loud as that deserves",
  async (code, failure, level, stack = false) => {
    const lines: Record<string, unknown>[] = [];
    const logger = createLogger("test", "info", {
      write: (line: string) => void lines.push(JSON.parse(line)),
    });
    const app = createService({ name: "s", title: "", description: "", version: "1", logger });
    app.get("/v1/x", async () => {
      throw await failure();
    });
    const headers = { "x-request-id": "request-1", "x-job-id": "job_1" };
    const answer = await app.request("/v1/x", { headers });
    const { type } = (await answer.json()) as { type: string };
    expect(type).toBe(`urn:hyperface:problem:${code}`);
    expect(lines).toMatchObject([{ level, requestId: "request-1", jobId: "job_1" }]);
    const [line] = lines;
    expect(JSON.stringify(line).includes('"stack"')).toBe(stack);
    if (!stack) expect(line).toMatchObject({ problem: type, why: expect.any(String) });
  },
);

test("a line says what lies under a failure, and a need that is away has no stack", async () => {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger("test", "info", {
    write: (line: string) => void lines.push(JSON.parse(line)),
  });
  const cause = new Error("", { cause: new AggregateError([await refused()]) });
  const ready = {
    embedder: async () => {
      throw new ServiceAway("embed-svc", cause);
    },
    disk: async () => {
      throw new TypeError("a fault of ours");
    },
  };
  const app = createService({ name: "s", title: "", description: "", version: "1", logger, ready });
  expect((await app.request("/health/ready")).status).toBe(503);
  expect(lines).toMatchObject([
    { level: 40, need: "embedder", why: expect.stringContaining("ECONNREFUSED") },
    { level: 50, need: "disk", err: { stack: expect.stringContaining("a fault of ours") } },
  ]);
});
