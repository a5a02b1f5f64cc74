import { randomStream } from "@hyperface/hypersphere";
import type { JobEvent } from "@hyperface/sdk";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasPostgres, type Postgres, startPostgres } from "./postgres.ts";
import { type System, startService, temporaryHome } from "./servers.ts";

const ITERATIONS = 2000;

describe.skipIf(!hasPostgres)("two gateways on one database", () => {
  let postgres: Postgres;
  let place: Awaited<ReturnType<typeof temporaryHome>>;
  let embed: System;
  let optimizer: System;
  let first: System;
  let second: System;
  let spec: { near: string; count: number; iterations: number };
  let whole: string;
  const startGateway = () =>
    startService("api", place.home, {
      DATABASE_URL: postgres.url,
      EMBED_URL: embed.url,
      OPTIMIZER_URL: optimizer.url,
      SLICE_SECONDS: "0.2",
      LOG_LEVEL: "error",
    });

  beforeAll(async () => {
    postgres = await startPostgres();
    place = await temporaryHome();
    embed = await startService("embed-svc", place.home);
    optimizer = await startService("optimizer-svc", place.home);
    first = await startGateway();
    second = await startGateway();
    const numbers = randomStream(1, "test").gaussian(32 * 512);
    const embeddings = Array.from({ length: 32 }, (_, i) => [
      ...numbers.subarray(i * 512, (i + 1) * 512),
    ]);
    const { id: near } = await first.hyperface.galleries.create({ source: "upload", embeddings });
    spec = { near, count: 32, iterations: ITERATIONS };
    const { id, jobId } = await first.hyperface.packings.create(spec);
    await first.hyperface.jobs.wait(jobId);
    whole = await embeddingsOf(first, id);
  });
  afterAll(async () => {
    for (const each of [first, second, embed, optimizer]) await each?.stop("SIGKILL");
    await postgres?.remove();
    await place?.remove();
  });

  const embeddingsOf = async ({ hyperface }: System, id: string) =>
    Buffer.from(await hyperface.packings.embeddingsNpy(id)).toString("base64");

  /** Every iteration reported once, in order, and the bits of an uncut packing. */
  async function expectWhole(system: System, id: string, events: JobEvent[]) {
    const reported = events.flatMap((event) =>
      event.type === "progress" ? (event.history ?? []).map(({ iteration }) => iteration) : [],
    );
    expect(reported).toEqual([...new Set(reported)].sort((a, b) => a - b));
    expect(reported.at(-1)).toBe(ITERATIONS);
    expect(await embeddingsOf(system, id)).toBe(whole);
  }

  test("what one was killed in goes on in the other, whatever it was doing", async () => {
    const { id, jobId } = await first.hyperface.packings.create(spec);
    for (const wait of [1, 130, 350]) {
      await new Promise((done) => setTimeout(done, wait));
      await first.stop("SIGKILL");
      first = await startGateway();
    }
    const events: JobEvent[] = [];
    await second.hyperface.jobs.wait(jobId, (event) => events.push(event));
    await expectWhole(second, id, events);
  }, 120_000);

  test("one that stood still beyond its lease overwrites nothing", async () => {
    const database = new pg.Client({ connectionString: postgres.url });
    await database.connect();
    const { id, jobId } = await first.hyperface.packings.create(spec);
    for await (const { type } of first.hyperface.jobs.events(jobId)) {
      if (type === "progress") break;
    }
    await database.query("set lock_timeout = '1s'");
    const job = async () => {
      const query = "select claimed_by, version from jobs where id = $1";
      return (await database.query(query, [jobId])).rows[0];
    };
    /** A gateway in the middle of a slice, standing still: a worker's name begins with its process. */
    const stopHolder = async () => {
      for (;;) {
        const { claimed_by: worker, version } = await job();
        if (!worker) continue;
        const pid = Number.parseInt(worker, 10);
        process.kill(pid, "SIGSTOP");
        // What it had sent before comes through; nobody extends its lease after that.
        await new Promise((done) => setTimeout(done, 300));
        const lapse = "update jobs set due_at = now() where id = $1 and claimed_by = $2";
        const lapsed = await database.query(lapse, [jobId, worker]).catch(() => undefined);
        if (lapsed?.rowCount === 1) return { pid, version };
        process.kill(pid, "SIGCONT");
      }
    };
    const stopped = await stopHolder();
    try {
      while ((await job()).version === stopped.version) await new Promise(setImmediate);
    } finally {
      process.kill(stopped.pid, "SIGCONT");
      await database.end();
    }
    const events: JobEvent[] = [];
    await second.hyperface.jobs.wait(jobId, (event) => events.push(event));
    await expectWhole(second, id, events);
  }, 120_000);

  test("a job survives a crash of the database in the middle of it", async () => {
    const { id, jobId } = await second.hyperface.packings.create(spec);
    for await (const { type } of second.hyperface.jobs.events(jobId)) {
      if (type === "progress") break;
    }
    for (let crash = 0; crash < 3; crash++) {
      await new Promise((done) => setTimeout(done, 250));
      await postgres.restart("immediate");
    }
    const started = performance.now();
    const events: JobEvent[] = [];
    await second.hyperface.jobs.wait(jobId, (event) => events.push(event));
    // No more than a lease and the rest of the work: minutes would mean that it waited for luck.
    expect(performance.now() - started).toBeLessThan(60_000);
    await expectWhole(second, id, events);
  }, 120_000);

  test("what one cancels ends in the other, and who follows it there is told", async () => {
    const { jobId } = await first.hyperface.packings.create({ ...spec, iterations: 100_000 });
    const followed = (async () => {
      const types: string[] = [];
      for await (const { type } of second.hyperface.jobs.events(jobId)) types.push(type);
      return types;
    })();
    await new Promise((done) => setTimeout(done, 500));
    expect((await first.hyperface.jobs.cancel(jobId)).status).toBe("cancelled");
    expect((await followed).at(-1)).toBe("finished");
    // And both gateways outlived the database's crash.
    for (const { url } of [first, second]) {
      expect((await fetch(`${url}/health/live`)).status).toBe(200);
    }
  });
});
