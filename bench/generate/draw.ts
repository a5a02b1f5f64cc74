import type { HyperFace } from "@hyperface/sdk";
import pLimit from "p-limit";
import { findFace } from "../find-face.ts";
import { pack } from "../packings.ts";
import type { Photograph } from "../photographs.ts";
import { cutFrame } from "./frame.ts";
import type { Look, Looker } from "./look.ts";

/** More would only wait for one another: the judges' networks share this thread. */
const limit = pLimit(6);
const each = <A, B>(items: readonly A[], work: (item: A, i: number) => Promise<B>) =>
  Promise.all(items.map((item, i) => limit(work, item, i)));

/** A photograph, and an image drawn from its embedding; null where no face is found in one. */
export interface Pair {
  name: string;
  group: string;
  /** Of the whole photograph. */
  embedding: number[];
  /** The photograph's frame. */
  source: Look | null;
  sample: Look | null;
}

/** One sample of each photograph that the detector finds a face in. */
export async function drawFrom(
  hyperface: HyperFace,
  look: Looker,
  photographs: readonly Photograph[],
): Promise<Pair[]> {
  const sources = await lookAt(hyperface, look, photographs);
  const embeddings = sources.map(({ embedding }) => embedding);
  const packing = await unmovedPacking(hyperface, embeddings);
  const samples = await lookAtImages(hyperface, look, packing, embeddings.length, 1);
  return sources.map((source, i) => ({ ...source, sample: samples[i]?.[0] ?? null }));
}

/** Frames of photographs, of those that the detector finds a face in. */
export async function lookAt(
  hyperface: HyperFace,
  look: Looker,
  photographs: readonly Photograph[],
): Promise<Omit<Pair, "sample">[]> {
  const found = await each(photographs, async ({ bytes, name, group }) => {
    const face = await findFace(hyperface, bytes);
    if (!face) return null;
    const source = await look(await cutFrame(bytes, face.landmarks));
    return { name, group, embedding: face.embedding, source };
  });
  return found.filter((source) => source !== null);
}

/** The first images of each identity of a packing; [identity][image]. */
export async function lookAtImages(
  hyperface: HyperFace,
  look: Looker,
  packing: string,
  identities: number,
  count: number,
): Promise<(Look | null)[][]> {
  const identity = Array.from({ length: identities }, (_, i) => i);
  return Promise.all(
    identity.map((i) =>
      each(Array.from({ length: count }), async (_, k) =>
        look(await hyperface.images.get(packing, i, k)),
      ),
    ),
  );
}

/** Identities that are these vectors themselves: a packing that starts with them and takes no step. */
async function unmovedPacking(hyperface: HyperFace, embeddings: number[][]): Promise<string> {
  const { id: start } = await hyperface.galleries.create({ source: "upload", embeddings });
  return pack(hyperface, { start, count: embeddings.length, alpha: 0, iterations: 0 });
}
