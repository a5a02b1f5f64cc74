import { HyperFaceError } from "@hyperface/contracts";
import type { Dependencies } from "../../dependencies.ts";
import { checkIdentity } from "../identities/identity.ts";
import { findReadySet } from "../sets/find.ts";
import { readRows } from "../sets/read.ts";

export interface IdentityKey {
  packingId: string;
  identity: number;
}

/**
 * A packing's identity and the generator, of one embedder.
 * @throws HyperFaceError `not-found`, `not-ready`, `unknown-model`, `model-mismatch`
 */
export async function findIdentity(
  deps: Dependencies,
  { packingId, identity }: IdentityKey,
  name: string,
) {
  const packing = await findReadySet(deps, packingId, "packing");
  checkIdentity(packing, identity);
  const generator = await deps.generate.describe(name);
  if (generator.embedder.sha256 !== packing.model.sha256) {
    throw new HyperFaceError(
      "model-mismatch",
      `generator ${name} follows identities of ${generator.embedder.name}, packing ${packingId} is of ${packing.model.name}`,
    );
  }
  const rows = { start: identity, count: 1 };
  const reference = await readRows(deps, packing, "embeddings", rows);
  return { generator, embedding: [...reference] };
}
