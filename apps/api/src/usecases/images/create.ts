import type { CreateIdentityImagesRequest } from "@hyperface/contracts";
import type { Dependencies } from "../../dependencies.ts";
import { findIdentity, type IdentityKey } from "./identity.ts";

/** Samples `first` to `first + count - 1` of an identity at once; each is the image of its own URL. */
export async function createIdentityImages(
  deps: Dependencies,
  key: IdentityKey,
  request: CreateIdentityImagesRequest,
  signal?: AbortSignal,
) {
  const { generator, embedding } = await findIdentity(deps, key, request.generator);
  const { packingId, identity } = key;
  const { count, first, beta, seed, ground, format, size = generator.size } = request;
  const batch = {
    generator: request.generator,
    format,
    size,
    items: Array.from({ length: count }, (_, k) => {
      return { embedding, identity, sample: first + k, beta, seed, ground };
    }),
    labels: { packing: packingId },
  };
  return deps.generate.createImages(batch, signal);
}
