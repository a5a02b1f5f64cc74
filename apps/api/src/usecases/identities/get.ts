import type { Identity } from "@hyperface/contracts";
import { dot } from "@hyperface/vectors";
import type { Dependencies } from "../../dependencies.ts";
import { findGenerator } from "../images/generator.ts";
import type { ReadySet } from "../sets/find.ts";
import { readRows } from "../sets/read.ts";
import { checkIdentity } from "./identity.ts";

export const describeNearest = (index: number, cosine: number) => ({
  index,
  cosine,
  distance: 1 - cosine,
});

/**
 * @param asked a strength to draw the reference at, and the generator that draws
 * @throws HyperFaceError `not-found`, `not-ready`, `unknown-model`, `model-mismatch`, `unsupported-condition`
 */
export async function getIdentity(
  deps: Dependencies,
  packingId: string,
  index: number,
  asked: { draw?: number | undefined; generator: string },
): Promise<Identity> {
  const packing = await deps.findPacking(packingId);
  checkIdentity(packing, index);
  const row = { start: index, count: 1 };
  const [reference, [neighbour], [cosine]] = await Promise.all([
    readRows(deps, packing, "embeddings", row),
    readRows(deps, packing, "nearestIndex", row),
    readRows(deps, packing, "nearestCosine", row),
  ]);
  return {
    index,
    nearest: describeNearest(neighbour as number, cosine as number),
    packingId,
    model: packing.model,
    reference: [...reference],
    drawn:
      asked.draw === undefined
        ? null
        : await drawn(deps, packing, reference, asked.draw, asked.generator),
  };
}

async function drawn(
  deps: Dependencies,
  packing: ReadySet,
  reference: Float32Array,
  draw: number,
  name: string,
): Promise<Identity["drawn"]> {
  await findGenerator(deps, name, packing);
  const request = { generator: name, draw, embeddings: [reference] };
  const { generator, embeddings } = await deps.generate.drawEmbeddings(request);
  const embedding = embeddings[0] as Float32Array;
  return { generator, draw, cosine: dot(reference, embedding), embedding: [...embedding] };
}
