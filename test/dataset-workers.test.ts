import { setTimeout as later } from "node:timers/promises";
import type { CreateDatasetRequest } from "@hyperface/sdk";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { filesOf, make } from "./dataset-client.ts";
import { hasPostgres, type Postgres, startPostgres } from "./postgres.ts";
import { type System, startService, temporaryHome } from "./servers.ts";

describe.skipIf(!hasPostgres)("two gateways at one dataset", () => {
  let postgres: Postgres;
  let database: pg.Client;
  let place: Awaited<ReturnType<typeof temporaryHome>>;
  let services: System[];
  let first: System;
  let second: System;
  let recipe: CreateDatasetRequest;
  const startGateway = () => {
    const [embed, optimizer, generate] = services as [System, System, System];
    return startService("api", place.home, {
      ...{ DATABASE_URL: postgres.url, EMBED_URL: embed.url, OPTIMIZER_URL: optimizer.url },
      ...{ GENERATE_URL: generate.url, SLICE_SECONDS: "0.5", WORKERS: "1", LOG_LEVEL: "silent" },
    });
  };

  beforeAll(async () => {
    [postgres, place] = await Promise.all([startPostgres(), temporaryHome()]);
    database = new pg.Client({ connectionString: postgres.url });
    await database.connect();
    const names = ["embed-svc", "optimizer-svc", "generate-svc"] as const;
    services = await Promise.all(names.map((name) => startService(name, place.home)));
    first = await startGateway();
    const settings = { count: 10, alpha: 0, iterations: 50, seed: 1 };
    const packing = await first.hyperface.packings.create(settings, { waitSeconds: 60 });
    recipe = {
      ...{ packingId: packing.id, imagesPerIdentity: 14, imagesPerShard: 80 },
      ...{ align: "none", ground: "none", formats: ["webdataset", "recordio"] },
    };
  }, 120_000);
  afterAll(async () => {
    await database?.end();
    for (const each of [first, second, ...(services ?? [])]) await each?.stop("SIGKILL");
    await postgres?.remove();
    await place?.remove();
  });

  const hashesOf = async (id: string) =>
    [...(await filesOf(first.hyperface, id))].map(([name, { sha256 }]) => [name, sha256]);

  test("each has pieces of its own, and one that is killed leaves the other to make it the same", async () => {
    const alone = await make(first.hyperface, recipe);
    second = await startGateway();
    const { id, jobId } = await first.hyperface.datasets.create(recipe);
    // A worker's name begins with its process.
    const query =
      "select distinct split_part(claimed_by, '-', 1) as pid from jobs where parent_id = $1 and claimed_by is not null";
    let atOnce = 0;
    while (atOnce < 2) {
      atOnce = (await database.query(query, [jobId])).rows.length;
      expect((await first.hyperface.jobs.get(jobId)).finishedAt).toBeNull();
      await later(5);
    }
    await second.stop("SIGKILL");
    await first.hyperface.jobs.wait(jobId);
    expect(await first.hyperface.datasets.get(id)).toMatchObject({
      ...{ status: "ready", made: alone.made, missing: alone.missing, attempts: alone.attempts },
    });
    expect(await hashesOf(id)).toEqual(await hashesOf(alone.id));
    expect((await database.query("select 1 from jobs where parent_id is not null")).rowCount).toBe(
      0,
    );
  }, 240_000);
});
