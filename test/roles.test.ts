import { rename } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasPostgres, type Postgres, startPostgres } from "./postgres.ts";
import { type System, startService, temporaryHome } from "./servers.ts";

/** Processes of the gateway that only serve, and others that only work, on one database. */
describe.skipIf(!hasPostgres)("roles", () => {
  let postgres: Postgres;
  let place: Awaited<ReturnType<typeof temporaryHome>>;
  let serve: System;
  const services: System[] = [];
  let variables: Record<string, string>;
  const start = async (role: string) => {
    const system = await startService("api", place.home, variables, ["--role", role]);
    services.push(system);
    return system;
  };

  beforeAll(async () => {
    postgres = await startPostgres();
    place = await temporaryHome();
    const embed = await startService("embed-svc", place.home);
    services.push(embed);
    const optimizer = await startService("optimizer-svc", place.home);
    services.push(optimizer);
    variables = {
      DATABASE_URL: postgres.url,
      EMBED_URL: embed.url,
      OPTIMIZER_URL: optimizer.url,
      WORKERS: "1",
      LOG_LEVEL: "silent",
    };
    serve = await start("serve");
  });
  afterAll(async () => {
    for (const each of services) await each.stop("SIGKILL");
    await postgres?.remove();
    await place?.remove();
  });

  test("jobs wait for a process that works, and are taken by their priority", async () => {
    const { packings, jobs } = serve.hyperface;
    const accepted: Record<string, string> = {};
    for (const priority of ["low", "normal", "high"] as const) {
      const spec = { count: 4, alpha: 0, iterations: 5 };
      accepted[priority] = (await packings.create(spec, { priority })).jobId;
    }
    for (const [priority, id] of Object.entries(accepted)) {
      expect(await jobs.get(id)).toMatchObject({ status: "queued", priority });
    }
    const work = await start("work");
    const ended = await Promise.all(
      Object.entries(accepted).map(async ([priority, id]) => {
        await jobs.wait(id);
        return { priority, at: (await jobs.get(id)).finishedAt as string };
      }),
    );
    ended.sort((a, b) => a.at.localeCompare(b.at));
    expect(ended.map(({ priority }) => priority)).toEqual(["high", "normal", "low"]);
    // It tells how it is, and has nothing for clients.
    expect(await (await fetch(`${work.url}/metrics`)).text()).toContain("jobs_unfinished");
    expect((await fetch(`${work.url}/v1/jobs`)).status).toBe(404);
  });

  test("a job that failed is listed with its reason, and goes on by a call where that is mended", async () => {
    const { galleries, packings, jobs } = serve.hyperface;
    const embeddings = [0, 1].map((k) => Array.from({ length: 512 }, (_, i) => (i === k ? 1 : 0)));
    const gallery = await galleries.create({ source: "upload", embeddings });
    const folder = join(place.home, "objects", "galleries", gallery.id);
    await rename(folder, join(place.home, "away"));
    const { id, jobId } = await packings.create({ near: gallery.id, count: 2, iterations: 5 });
    await expect(jobs.wait(jobId)).rejects.toThrow();
    const failed = [];
    for await (const job of jobs.list({ status: "failed" })) failed.push(job);
    expect(failed).toMatchObject([
      { id: jobId, resourceId: id, error: { type: "urn:hyperface:problem:missing-object" } },
    ]);
    await rename(join(place.home, "away"), folder);
    expect((await jobs.retry(jobId)).status).toBe("queued");
    await jobs.wait(jobId);
    expect((await packings.get(id)).status).toBe("ready");
  });

  test("a role on the embedded database, which nobody shares, is refused", async () => {
    const { DATABASE_URL: _, ...embedded } = variables;
    // A home of its own, which has no PostgreSQL in any run of the suite.
    const alone = join(place.home, "alone");
    await expect(startService("api", alone, embedded, ["--role", "work"])).rejects.toThrow();
  });
});
