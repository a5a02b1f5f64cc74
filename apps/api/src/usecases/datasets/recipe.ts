import {
  type DatasetSpec,
  type GeneratorDescription,
  HyperFaceError,
  type ModelReference,
} from "@hyperface/contracts";
import { decodeSet } from "@hyperface/vectors";
import type { Dependencies } from "../../dependencies.ts";
import { findGenerator } from "../images/generator.ts";
import { findReadySet, type ReadySet } from "../sets/find.ts";

/** All that a dataset's images are made from. */
export interface Recipe {
  spec: DatasetSpec;
  packing: ReadySet;
  generator: GeneratorDescription;
  /** Reference embeddings of the packing, unit rows. */
  references: Float32Array;
}

/**
 * @param generator what the dataset was begun with; undefined where it begins
 * @throws HyperFaceError `not-found`, `not-ready`, `unknown-model`, `model-mismatch`
 */
export async function openRecipe(
  deps: Dependencies,
  {
    packingId,
    spec,
    generator,
  }: { packingId: string; spec: DatasetSpec; generator?: ModelReference },
): Promise<Recipe> {
  const packing = await findReadySet(deps, packingId, "packing");
  const found = await findGenerator(deps, spec.generator, packing);
  if (generator && generator.sha256 !== found.sha256) {
    throw new HyperFaceError(
      "model-mismatch",
      `generator ${generator.name} was replaced since this dataset was begun: create it anew`,
    );
  }
  const { embeddings } = decodeSet(await deps.store.get(packing.objectKey), `packing ${packingId}`);
  return { spec, packing, generator: found, references: embeddings };
}
