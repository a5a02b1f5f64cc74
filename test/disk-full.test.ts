import { execFile } from "node:child_process";
import { mkdir, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { randomStream } from "@hyperface/hypersphere";
import type { JobEvent } from "@hyperface/sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type System, startOne, temporaryHome } from "./servers.ts";

const run = promisify(execFile);
const place = await temporaryHome();
const objects = join(place.home, "objects");
await mkdir(objects);
/** Root may mount a small file system; others, and containers, cannot. */
const isMounted = await run("mount", ["-t", "tmpfs", "-o", "size=96m", "tmpfs", objects]).then(
  () => true,
  () => false,
);
afterAll(async () => {
  if (isMounted) await run("umount", [objects]);
  await place.remove();
});

describe.skipIf(!isMounted)("a disk that is full", () => {
  const ballast = join(objects, ".ballast");
  /** Leaves so many bytes. */
  async function fill(left: number) {
    const { bavail, bsize } = await statfs(objects);
    await writeFile(ballast, Buffer.alloc(Math.max(0, bavail * bsize - left)));
  }
  const rows = (count: number) => {
    const numbers = randomStream(1, "test").gaussian(count * 512);
    return Array.from({ length: count }, (_, i) => [...numbers.subarray(i * 512, (i + 1) * 512)]);
  };
  const readiness = async () => {
    const answer = await fetch(`${system.url}/health/ready`);
    const { errors = [] } = (await answer.json()) as { errors?: { pointer: string }[] };
    return { status: answer.status, missing: errors.map(({ pointer }) => pointer) };
  };
  let system: System;
  let near: string;
  beforeAll(async () => {
    system = await startOne(place.home, { LOG_LEVEL: "silent", SLICE_SECONDS: "0.2" });
    near = (await system.hyperface.galleries.create({ source: "upload", embeddings: rows(32) })).id;
  });
  afterAll(() => system?.stop());

  test("lets jobs wait, refuses uploads by 507 and says so; all goes on when there is space", async () => {
    const { galleries, jobs, packings } = system.hyperface;
    expect(await readiness()).toEqual({ status: 200, missing: [] });
    await fill(16 * 1024);
    expect(await readiness()).toEqual({ status: 503, missing: ["object store"] });
    const upload = galleries.create({ source: "upload", embeddings: rows(32) });
    await expect(upload).rejects.toMatchObject({ status: 507, code: "storage-full" });

    const { id, jobId } = await packings.create({ near, count: 32, iterations: 100 });
    const events: JobEvent[] = [];
    for await (const event of jobs.events(jobId)) {
      events.push(event);
      if (event.type === "waiting") break;
    }
    expect(events.at(-1)).toMatchObject({ type: "waiting", service: "the object store" });
    expect((events.at(-1) as { reason?: string }).reason).toContain("no space left");
    expect((await jobs.get(jobId)).waiting?.reason).toContain("no space left");

    await rm(ballast);
    expect((await jobs.wait(jobId)).status).toBe("succeeded");
    expect((await packings.get(id)).status).toBe("ready");
    expect(await readiness()).toEqual({ status: 200, missing: [] });
    await galleries.create({ source: "upload", embeddings: rows(32) });
    const { stdout } = await run("npm", ["run", "-s", "verify-store"], {
      env: { ...process.env, HYPERFACE_HOME: place.home },
    });
    expect(stdout).toBe("");
  });
});
