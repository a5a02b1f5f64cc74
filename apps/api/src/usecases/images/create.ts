import {
  type CreateIdentityImagesRequest,
  checkConditions,
  checkSampling,
} from "@hyperface/contracts";
import type { Dependencies } from "../../dependencies.ts";
import { findIdentity, type IdentityKey } from "./identity.ts";

/** Samples `first` to `first + count - 1` of an identity at once; each is the image of its own URL. */
export async function createIdentityImages(
  deps: Dependencies,
  key: IdentityKey,
  request: CreateIdentityImagesRequest,
  signal?: AbortSignal,
) {
  const { generator: name, count, first, format, size, ...asked } = request;
  const { generator, embedding } = await findIdentity(deps, key, name);
  checkConditions(generator, asked);
  checkSampling(generator, asked);
  const { packingId, identity } = key;
  const batch = {
    generator: name,
    embedder: generator.embedder,
    format,
    size: size ?? generator.size,
    items: Array.from({ length: count }, (_, k) => {
      return { embedding, identity, sample: first + k, ...asked };
    }),
    labels: { packing: packingId },
  };
  return deps.generate.createImages(batch, signal);
}
