import type { Dependencies } from "../../dependencies.ts";
import { checkIdentity } from "../identities/identity.ts";
import { readRows } from "../sets/read.ts";
import { findGenerator } from "./generator.ts";

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
  const packing = await deps.findPacking(packingId);
  checkIdentity(packing, identity);
  const generator = await findGenerator(deps, name, packing);
  const rows = { start: identity, count: 1 };
  return {
    generator,
    /** Its reference: read when an image is to be made, and not for one that is there. */
    readEmbedding: () => readRows(deps, packing, "embeddings", rows),
  };
}
