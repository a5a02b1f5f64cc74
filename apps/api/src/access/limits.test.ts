import { createAdaptorServer } from "@hono/node-server";
import { HyperFaceError } from "@hyperface/contracts";
import { createLogger, createService } from "@hyperface/service-kit";
import { sql } from "drizzle-orm";
import request from "supertest";
import { afterEach, expect, test } from "vitest";
import { rateLimits } from "../db/schema.ts";
import { useDependencies } from "../test-dependencies.ts";
import { createByteQuota } from "./byte-quota.ts";
import { createConcurrencyLimit } from "./concurrency.ts";
import { createGuard } from "./guard.ts";
import type { Limit } from "./limit.ts";

const gateway = useDependencies();
const servers: ReturnType<typeof createAdaptorServer>[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A service behind a limit, whose answers the test gives. */
function serve(limit: Limit, answer: () => Response | Promise<Response>) {
  const guard = createGuard(gateway.deps.db, { keys: false, limits: [limit] });
  const logger = createLogger("test", "silent");
  const app = createService({
    name: "test",
    title: "",
    description: "",
    version: "",
    logger,
    guard,
  });
  app.get("/v1/something", answer);
  const server = createAdaptorServer({ fetch: app.fetch });
  servers.push(server);
  return () => request(server).get("/v1/something");
}

const isCounted = async () => (await gateway.deps.db.select().from(rateLimits)).length > 0;

test("a day's bytes are counted over all gateways as they are sent, and end in 429", async () => {
  const { db } = gateway.deps;
  const failed: unknown[] = [];
  const [first, second] = [0, 1].map(() =>
    serve(
      createByteQuota(db, 1, (error) => failed.push(error)),
      () => new Response(new Uint8Array(700 * 1024)),
    ),
  ) as [ReturnType<typeof serve>, ReturnType<typeof serve>];
  const whole = await first();
  expect(whole.status).toBe(200);
  expect(whole.headers["ratelimit-policy"]).toBe('"bytes";q=1048576;qu="content-bytes";w=86400');
  expect(whole.headers.ratelimit).toBe('"bytes";r=1048576;t=86400');
  while (!(await isCounted())) await new Promise((done) => setTimeout(done, 10));
  // What began within the quota is sent whole.
  const last = await second();
  expect(last.headers.ratelimit).toMatch(new RegExp(`^"bytes";r=${324 * 1024};t=8\\d{4}$`));
  expect(last.status).toBe(200);
  const counted = sql`select points from rate_limits where points >= 1400`;
  while (((await db.execute(counted)) as { rows: unknown[] }).rows.length === 0) {
    await new Promise((done) => setTimeout(done, 10));
  }
  const refused = await first();
  expect(refused.status).toBe(429);
  expect(Number(refused.headers["retry-after"])).toBeGreaterThan(86_000);
  expect(refused.body.detail).toMatch(/^more than 1 MiB in a day: go on in 8\d{4} s$/);
  expect(failed).toEqual([]);
});

test("requests at once are bounded, and make room when they end, well or not", async () => {
  let end: (answer: Response | Error) => void = () => {};
  const ask = serve(createConcurrencyLimit(1), async () => {
    const answer = await new Promise<Response | Error>((done) => {
      end = done;
    });
    if (answer instanceof Error) throw answer;
    return answer;
  });
  for (const answer of [new Response("made"), new HyperFaceError("conflict", "not now")]) {
    end = () => {};
    const before = end;
    const slow = ask().then((response) => response);
    while (end === before) await new Promise((done) => setTimeout(done, 5));
    const refused = await ask();
    expect([refused.status, refused.headers["retry-after"]]).toEqual([429, "1"]);
    expect(refused.headers["ratelimit-policy"]).toBe('"at-once";q=1;qu="concurrent-requests"');
    end(answer);
    expect((await slow).status).toBe(answer instanceof Error ? 409 : 200);
  }
});
