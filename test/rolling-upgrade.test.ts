import { pack } from "tar-stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkOut, lastRelease, startCheckOut } from "./last-release.ts";
import { freePort } from "./ports.ts";
import { hasPostgres, type Postgres, startPostgres } from "./postgres.ts";
import { startOne, startService, temporaryHome } from "./servers.ts";

/** Steps of a packing of several slices, and of one that may be of one. */
const [LONG, SHORT] = [2000, 20];

type Gateway = Pick<Awaited<ReturnType<typeof startCheckOut>>, "hyperface">;

const embeddings = Array.from({ length: 8 }, (_, i) =>
  Array.from({ length: 512 }, (_, k) => Math.sin(1 + i * 512 + k)),
);
/** A packing near a gallery of its own. */
async function begin({ hyperface }: Gateway, iterations: number) {
  const { id: near } = await hyperface.galleries.create({ source: "upload", embeddings });
  const { id, jobId } = await hyperface.packings.create({ near, count: 32, iterations });
  return { id, jobId, iterations };
}

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

const completedOf = async ({ hyperface }: Gateway, { jobId }: { jobId: string }) =>
  (await hyperface.jobs.get(jobId)).completed;

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
    await again.stop();
    await serving.stop();
  }, 300_000);
});

const SERVICES = ["embed-svc", "optimizer-svc", "generate-svc"] as const;

test.skipIf(!lastRelease)(
  "what model services of the last release cannot do for this gateway waits for them to be of this one",
  async () => {
    const { home } = await temporaryHome();
    const folder = await checkOut(lastRelease as string);
    const ports = await Promise.all(SERVICES.map(async () => String(await freePort())));
    const old = await Promise.all(
      SERVICES.map((name, i) =>
        startCheckOut(folder, { HYPERFACE_HOME: home, PORT: ports[i] as string }, name),
      ),
    );
    const [EMBED_URL, OPTIMIZER_URL, GENERATE_URL] = ports.map(
      (port) => `http://127.0.0.1:${port}`,
    );
    const api = await startService("api", home, {
      ...({ EMBED_URL, OPTIMIZER_URL, GENERATE_URL } as Record<string, string>),
      LOG_LEVEL: "silent",
    });
    const replace = async (name: (typeof SERVICES)[number]) => {
      const i = SERVICES.indexOf(name);
      await old[i]?.stop();
      await startService(name, home, { PORT: ports[i] as string });
    };

    const { galleries, jobs, packings } = api.hyperface;
    const packing = await begin(api, SHORT);
    await expectFinished(api, packing);
    const image = () => fetch(`${api.url}/v1/packings/${packing.id}/identities/0/images/0`);
    const early = await image();
    if (early.status !== 200) expect(early.headers.get("retry-after")).toMatch(/^\d+$/);
    expect([200, 503]).toContain(early.status);
    await replace("generate-svc");
    await expect.poll(async () => (await image()).status, { timeout: 60_000 }).toBe(200);

    const photograph = Buffer.from(await (await image()).arrayBuffer());
    const { jobId } = await galleries.createFromPhotographs(await tarOf(photograph));
    const begun = async () => {
      const { status, waiting } = await jobs.get(jobId as string);
      return status === "succeeded" || waiting?.service === "embed-svc";
    };
    await expect.poll(begun, { timeout: 60_000 }).toBe(true);
    await replace("embed-svc");
    expect(await jobs.wait(jobId as string)).toMatchObject({ status: "succeeded", waiting: null });

    await replace("optimizer-svc");
    const { count } = await packings.certificate(packing.id);
    expect(count).toBe(32);
  },
  300_000,
);

async function tarOf(photograph: Buffer) {
  const archive = pack();
  archive.entry({ name: "face.png" }, photograph);
  archive.finalize();
  const parts: Uint8Array[] = [];
  for await (const part of archive as AsyncIterable<Uint8Array>) parts.push(part);
  return new Uint8Array(Buffer.concat(parts));
}
