import { createHash } from "node:crypto";
import { type EmbeddedFace, type EmbedImagesResponse, problemType } from "@hyperface/contracts";
import { eq } from "drizzle-orm";
import { pack } from "tar-stream";
import { beforeEach, expect, test } from "vitest";
import { galleries, jobs, looseObjects } from "../../../db/schema.ts";
import { claimJob } from "../../../jobs/claim.ts";
import { collectObjects } from "../../../jobs/objects.ts";
import { recordFailure, recordSlice } from "../../../jobs/record.ts";
import type { JobRow } from "../../../jobs/slice.ts";
import { DIMENSION, EMBEDDER, useDependencies } from "../../../test-dependencies.ts";
import { answerWith, faceOf, identityAt, receivedBy } from "../../../test-services.ts";
import { retryJob } from "../../jobs/retry.ts";
import { deleteResource } from "../../resources/delete.ts";
import { readSet } from "../../sets/read.ts";
import { advanceGallery } from "../advance.ts";
import { findGallery } from "../get.ts";
import { createPhotographGallery } from "./create.ts";
import { listPhotographs } from "./list.ts";

const never = new AbortController().signal;
let sha256 = EMBEDDER.sha256;
let calls = 0;

/** An embedder of files that say what they show: `face 3` identity 3, anything else than `nobody` no picture. */
async function embed(request: Request): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  if (pathname.startsWith("/v1/models/")) return Response.json(EMBEDDER);
  calls += 1;
  const { images } = (await receivedBy(request)) as { images: Uint8Array[] };
  const said = images.map((image) => Buffer.from(image).toString());
  const broken = said.findIndex((text) => !/^(face \d+|nobody)$/.test(text));
  if (broken >= 0) {
    const problem = { type: problemType("unreadable-image"), status: 422 };
    const detail = `image ${broken} is no JPEG, PNG or WebP file`;
    return Response.json({ ...problem, detail }, { status: 422 });
  }
  const crop = (text: string) => (searchParams.has("crops") ? { crop: Buffer.from(text) } : {});
  const seen = (text: string): EmbeddedFace[] =>
    text === "nobody" ? [] : [{ ...faceOf(identityAt(Number(text.slice(5)))), ...crop(text) }];
  const size = { width: 64, height: 64 };
  const model = { name: EMBEDDER.name, sha256 };
  return answerWith({
    ...{ model, dimension: DIMENSION, arithmetic: "here" },
    images: said.map((text) => ({ ...size, found: seen(text).length, faces: seen(text) })),
  } satisfies EmbedImagesResponse);
}

const gateway = useDependencies({ embed });
beforeEach(async () => {
  sha256 = EMBEDDER.sha256;
  await gateway.deps.db.update(jobs).set({ status: "cancelled", finishedAt: new Date() });
});

const FILES = Array.from({ length: 30 }, (_, k) => {
  const text = k % 5 === 3 ? "nobody" : k % 7 === 6 ? "text" : `face ${k}`;
  return { name: `${k}.jpg`, text };
});
const SHOWN = FILES.flatMap(({ text }) => (text.startsWith("face") ? Number(text.slice(5)) : []));

async function* tarOf(files: readonly { name: string; text: string }[]) {
  const archive = pack();
  for (const { name, text } of files) archive.entry({ name }, text);
  archive.finalize();
  yield* archive as AsyncIterable<Uint8Array>;
}

const create = async (files: typeof FILES, keepFaces = false, body = tarOf(files)) => {
  const photographs = { name: "", model: EMBEDDER.name, keepFaces, body, length: 0 };
  return createPhotographGallery(gateway.deps, photographs, () => ({}));
};

async function take(): Promise<JobRow> {
  await gateway.deps.db.update(jobs).set({ dueAt: new Date(0) });
  return (await claimJob(gateway.deps.db, "me")) as JobRow;
}

/** Slices of so many seconds, until the gallery is whole. */
async function make(files: typeof FILES, sliceSeconds: number, keepFaces = false) {
  const deps = { ...gateway.deps, sliceSeconds };
  const { id } = await create(files, keepFaces);
  for (let slices = 1; ; slices++) {
    const job = await take();
    expect(job.resourceId).toBe(id);
    const slice = await advanceGallery(deps, job, never);
    expect(await recordSlice(deps.db, job, slice)).toBe(true);
    if (slice.done) return { slices, id, ...(await readSet(deps, id)) };
  }
}

const list = (id: string) => listPhotographs(gateway.deps, id, { limit: 100 });
const objects = async (id: string) => {
  await collectObjects(gateway.deps);
  return gateway.deps.store.list(`galleries/${id}`);
};

test("each file is a row or told why not, and how it was sliced does not show", async () => {
  const whole = await make(FILES, 60);
  const cut = await make(FILES, 0.000_001);
  expect(whole.slices).toBe(2);
  expect(cut.slices).toBe(5);
  const expected = Float32Array.from(SHOWN.flatMap(identityAt));
  expect(whole.embeddings).toEqual(expected);
  expect(cut.embeddings).toEqual(expected);
  const { data } = await list(whole.id);
  expect((await list(cut.id)).data).toEqual(data);
  expect(data).toEqual(
    FILES.map(({ name, text }, k) => ({
      file: name,
      sha256: createHash("sha256").update(text).digest("hex"),
      row: text.startsWith("face") ? SHOWN.indexOf(k) : null,
      quality: text.startsWith("face") ? 1 : null,
      problem: text.startsWith("face")
        ? null
        : text === "nobody"
          ? "has no face that the detector finds"
          : "is no JPEG, PNG or WebP file",
    })),
  );
  expect(await findGallery(gateway.deps, cut.id)).toMatchObject({
    ...{ source: "photographs", status: "ready", count: SHOWN.length, arithmetic: ["here"] },
    photographs: { files: FILES.length, keepsFaces: false },
  });
});

test("a list goes on behind its cursor, and can be of those without a row alone", async () => {
  const { id } = await make(FILES, 60);
  const { deps } = gateway;
  const first = await listPhotographs(deps, id, { limit: 4, faces: "missing" });
  expect(first.data.map(({ file }) => file)).toEqual(["3.jpg", "6.jpg", "8.jpg", "13.jpg"]);
  const cursor = first.nextCursor as string;
  const { data } = await listPhotographs(deps, id, { limit: 9, cursor, faces: "missing" });
  expect(data.map(({ file }) => file)).toEqual(["18.jpg", "20.jpg", "23.jpg", "27.jpg", "28.jpg"]);
});

test("of the photographs nothing is left but the faces, where those are kept, and these go with the gallery", async () => {
  const { id } = await make(FILES, 60);
  expect(await objects(id)).toEqual([expect.stringContaining("/sets/")]);
  const kept = await make(FILES, 0.000_001, true);
  const [faces, set] = await objects(kept.id);
  expect(set).toContain("/sets/");
  const bytes = Buffer.from(await gateway.deps.store.get(faces as string)).toString();
  expect(bytes).toBe(SHOWN.map((k) => `face ${k}`).join(""));
  for (const each of [id, kept.id]) {
    await deleteResource(gateway.deps, { kind: "gallery", id: each }, { cascade: false });
    expect(await objects(each)).toEqual([]);
  }
  expect(await gateway.deps.db.select().from(looseObjects)).toEqual([]);
});

test("an archive without a face fails its job, which says so, and keeps nothing for a retry", async () => {
  const { deps } = gateway;
  const { id } = await create(FILES.filter(({ text }) => !text.startsWith("face")));
  const job = await take();
  await recordSlice(deps.db, job, await advanceGallery(deps, job, never));
  const last = await take();
  const error = await advanceGallery(deps, last, never).catch((reason) => reason);
  expect(error).toMatchObject({
    code: "no-face",
    message: expect.stringMatching(/^none of 9 files shows a face, of which 3.jpg has no face/),
  });
  expect(await recordFailure(deps.db, last, error)).toBe("failed");
  expect(await objects(id)).toEqual([]);
  expect((await list(id)).data).toHaveLength(9);
  await retryJob(deps, last.id);
  await expect(advanceGallery(deps, await take(), never)).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("send them anew"),
  });
});

test("an archive that is refused, or was sent before under the same key, leaves nothing", async () => {
  const { deps } = gateway;
  const before = await deps.db.select().from(galleries);
  async function* cut() {
    for await (const chunk of tarOf(FILES)) yield chunk.subarray(0, 1000);
  }
  for (const body of [cut(), tarOf([])]) {
    await expect(create([], false, body)).rejects.toMatchObject({ code: "malformed-body" });
  }
  const keyed = { key: "one", hash: "1" };
  const photographs = { name: "", model: EMBEDDER.name, keepFaces: false, length: 0 };
  const send = (hash: string) =>
    createPhotographGallery(deps, { ...photographs, body: tarOf(FILES) }, () => ({
      keyed: { ...keyed, hash },
    }));
  const [first, second] = [await send("1"), await send("1")];
  expect(second).toEqual({ id: first.id, created: false });
  await expect(send("2")).rejects.toMatchObject({ code: "idempotency-mismatch" });
  await collectObjects(deps);
  const made = await deps.db.select().from(galleries);
  expect(made).toHaveLength(before.length + 1);
  const all = await deps.store.list("galleries");
  const known = new Set(made.map(({ id }) => id));
  expect(all.filter((key) => !known.has(key.split("/")[1] as string))).toEqual([]);
  expect(all.filter((key) => key.startsWith(`galleries/${first.id}`))).toHaveLength(1);
});

test("an archive that is said to be too long is not read", async () => {
  let isRead = false;
  async function* body() {
    isRead = true;
    yield* tarOf(FILES);
  }
  const photographs = { name: "", model: EMBEDDER.name, keepFaces: false, body: body() };
  const length = gateway.deps.archiveLimits.bytes + 1;
  const creating = createPhotographGallery(gateway.deps, { ...photographs, length }, () => ({}));
  await expect(creating).rejects.toMatchObject({ code: "body-too-large" });
  expect(isRead).toBe(false);
});

test("an embedder that was replaced on the way is refused, one that refuses a file asked for each", async () => {
  const { deps } = gateway;
  await create(FILES.slice(0, 8));
  calls = 0;
  await advanceGallery(deps, await take(), never);
  expect(calls).toBe(1 + 8);
  sha256 = "3".repeat(64);
  const again = advanceGallery(deps, await take(), never);
  await expect(again).rejects.toMatchObject({ code: "model-mismatch" });
});

test("a gallery of another source has no photographs", async () => {
  const { deps } = gateway;
  const [{ id } = { id: "" }] = await deps.db
    .insert(galleries)
    .values({
      ...{ id: "gal_other", name: "", source: "upload", status: "ready", count: 1 },
      ...{ dimension: DIMENSION, model: { name: EMBEDDER.name, sha256 } },
    })
    .returning();
  await expect(list(id)).rejects.toMatchObject({ code: "not-found" });
  await deps.db.delete(galleries).where(eq(galleries.id, id));
});
