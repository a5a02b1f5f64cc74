import { encodeNpy } from "@hyperface/formats";
import { randomStream } from "@hyperface/hypersphere";
import { dot, normaliseRows } from "@hyperface/vectors";
import type { startOne } from "../../test/servers.ts";
import { imagePath, json, type Target } from "./request.ts";

/** Least cosine between what went in and what comes out. */
const SAME = 0.9;
const ROWS = 8;
const COLUMNS = 512;
const USED_KEY = "hostile";

type System = Pick<Awaited<ReturnType<typeof startOne>>, "url" | "hyperface">;

/** A gallery, a packing, a finished job and an image of a face at a server. */
export async function prepareTarget({ url, hyperface }: System, seed: number): Promise<Target> {
  const { galleries, packings, images, embeddings, jobs } = hyperface;
  const rows = normaliseRows(randomStream(seed, "rows").gaussian(ROWS * COLUMNS), COLUMNS);
  const rowOf = (k: number) => rows.subarray(k * COLUMNS, (k + 1) * COLUMNS);
  const upload = new Uint8Array(encodeNpy({ data: rows, shape: [ROWS, COLUMNS] }));
  const created = await fetch(`${url}/v1/galleries?name=first`, {
    method: "POST",
    headers: { "content-type": "application/x-npy", "idempotency-key": USED_KEY },
    body: upload,
  });
  const { id: gallery } = (await created.json()) as { id: string };
  const faces = await galleries.create({ source: "generator", count: 8 });
  await jobs.wait(faces.jobId as string);
  const packing = await packings.create({ near: faces.id, count: 8 });
  await jobs.wait(packing.jobId);
  let lastEvent = 0;
  for await (const { sequence } of jobs.events(packing.jobId)) lastEvent = sequence;
  const image = await fetch(`${url}${imagePath({ packing: packing.id }, "size=64")}`);
  const face = Buffer.from(await images.get(packing.id, 0, 0));
  const [upright] = (await embeddings.create([face], { faces: "largest" })).images;
  const isLike = (a: ArrayLike<number>, b: ArrayLike<number>) => dot(a, b) > SAME;
  return {
    ...{ gallery, packing: packing.id, finishedJob: packing.jobId, lastEvent, usedKey: USED_KEY },
    ...{ upload, face, rows, columns: COLUMNS },
    imageTag: image.headers.get("etag") as string,
    async isOtherThanRows(id) {
      const { embeddings: read } = await galleries.embeddings(id);
      return read.length !== ROWS || !read.every((row, k) => isLike(row, rowOf(k)));
    },
    isOtherFace(answer) {
      const found: { embedding: number[] }[] = json(answer).images.flatMap(
        (image: { faces: [] }) => image.faces,
      );
      return !found.every(({ embedding }) => isLike(embedding, upright?.faces[0]?.embedding ?? []));
    },
  };
}
