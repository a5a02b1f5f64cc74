import {
  type DatasetSpec,
  type GeneratorDescription,
  HyperFaceError,
  type LeakageGate,
  type ModelReference,
} from "@hyperface/contracts";
import type { Dependencies } from "../../dependencies.ts";
import { findGenerator } from "../images/generator.ts";
import { type ComparedSet, openComparedSet } from "../sets/compared.ts";
import { findReadySet, type ReadySet } from "../sets/find.ts";

/** All that a dataset's images are made from. */
export interface Recipe {
  spec: DatasetSpec;
  packing: Pick<ReadySet, "id" | "dimension" | "model">;
  generator: GeneratorDescription;
  /** Reference embeddings of the packing. */
  references: ComparedSet;
  /** The set that no image may resemble; null without one. */
  forbidden: ComparedSet | null;
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
  const references = await openComparedSet(deps, packing);
  const forbidden = spec.leakage
    ? await openComparedSet(deps, await findForbidden(deps, spec.leakage, packing))
    : null;
  return { spec, packing, generator: found, references, forbidden };
}

/** Most vectors that every image is compared with while it is made: a twentieth of a second of the processor's time. */
const MAX_FORBIDDEN = 300_000;

/**
 * The set of a leakage gate.
 * @throws HyperFaceError `not-found`, `not-ready`, `model-mismatch`, `set-too-large`
 */
export async function findForbidden(
  deps: Pick<Dependencies, "db">,
  { setId }: LeakageGate,
  { id, model }: Pick<ReadySet, "id" | "model">,
): Promise<ReadySet> {
  const set = await findReadySet(deps, setId);
  if (set.model.sha256 !== model.sha256) {
    throw new HyperFaceError(
      "model-mismatch",
      `set ${setId} is of ${set.model.name}, packing ${id} of ${model.name}: their embeddings cannot be compared`,
    );
  }
  if (set.count <= MAX_FORBIDDEN) return set;
  throw new HyperFaceError(
    "set-too-large",
    `set ${setId} has ${set.count} vectors: every image is compared with up to ${MAX_FORBIDDEN}`,
  );
}
