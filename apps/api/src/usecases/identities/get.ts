import type { Identity } from "@hyperface/contracts";
import type { Dependencies } from "../../dependencies.ts";
import { findGenerator } from "../images/generator.ts";
import type { ReadySet } from "../sets/find.ts";
import { readRows } from "../sets/read.ts";
import { drawReferences } from "./drawn.ts";
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
        : await drawnOf(deps, packing, reference, { ...asked, draw: asked.draw }),
  };
}

async function drawnOf(
  deps: Dependencies,
  packing: ReadySet,
  reference: Float32Array,
  asked: { draw: number; generator: string },
): Promise<Identity["drawn"]> {
  await findGenerator(deps, asked.generator, packing);
  const { generator, drawn } = await drawReferences(deps, asked, [reference]);
  const [{ embedding, cosine }] = drawn as [(typeof drawn)[number]];
  return { generator, draw: asked.draw, cosine, embedding: [...embedding] };
}
