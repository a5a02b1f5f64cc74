import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkOut, lastRelease, startCheckOut } from "./last-release.ts";
import { hasPostgres, type Postgres, startPostgres } from "./postgres.ts";
import { startOne, temporaryHome } from "./servers.ts";

/** Steps of a packing of several slices, and of one that may be of one. */
const [LONG, SHORT] = [2000, 20];

type Gateway = Pick<Awaited<ReturnType<typeof startCheckOut>>, "hyperface">;

describe.skipIf(!hasPostgres || !lastRelease)("the last release beside this one", () => {
  let postgres: Postgres;
  let place: Awaited<ReturnType<typeof temporaryHome>>;
  let folder: string;
  const variables = () => ({ DATABASE_URL: postgres.url, SLICE_SECONDS: "0.3" });
  const startOld = () => startCheckOut(folder, { HYPERFACE_HOME: place.home, ...variables() });
  const startNew = (role: string) => startOne(place.home, { ...variables(), ROLE: role });

  beforeAll(async () => {
    postgres = await startPostgres();
    place = await temporaryHome({ empty: true });
    folder = await checkOut(lastRelease as string);
  });
  afterAll(async () => {
    await postgres?.remove();
    await place?.remove();
  });

  const embeddings = Array.from({ length: 8 }, (_, i) =>
    Array.from({ length: 512 }, (_, k) => Math.sin(1 + i * 512 + k)),
  );
  /** A packing near a gallery of its own. */
  async function begin({ hyperface }: Gateway, iterations: number) {
    const { id: near } = await hyperface.galleries.create({ source: "upload", embeddings });
    const { id, jobId } = await hyperface.packings.create({ near, count: 32, iterations });
    return { id, jobId, iterations };
  }
  const completedOf = async ({ hyperface }: Gateway, { jobId }: { jobId: string }) =>
    (await hyperface.jobs.get(jobId)).completed;
  async function expectFinished(
    { hyperface }: Gateway,
    { id, jobId, iterations }: Awaited<ReturnType<typeof begin>>,
  ) {
    const job = await hyperface.jobs.wait(jobId);
    expect(job).toMatchObject({ status: "succeeded", completed: iterations });
    const { embeddings } = await hyperface.packings.embeddings(id);
    expect(embeddings).toHaveLength(32);
    for (const embedding of embeddings) expect(Math.hypot(...embedding)).toBeCloseTo(1, 5);
  }

  test("each finishes the other's jobs, on a database that this one has migrated", async () => {
    const serving = await startNew("serve");
    const old = await startOld();
    const early = await begin(old, LONG);
    await expect.poll(() => completedOf(old, early), { timeout: 60_000 }).toBeGreaterThan(0);
    await old.stop();
    expect(await completedOf(serving, early)).toBeLessThan(LONG);

    const working = await startNew("work");
    await expectFinished(serving, early);
    await working.stop();

    const again = await startOld();
    await expectFinished(again, await begin(serving, SHORT));
  }, 300_000);
});
