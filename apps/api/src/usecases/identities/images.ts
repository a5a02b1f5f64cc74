import { createHash } from "node:crypto";
import {
  type CreateIdentityImagesRequest,
  HyperFaceError,
  type ImageFormat,
  type ImageQuery,
} from "@hyperface/contracts";
import type { Dependencies } from "../../dependencies.ts";
import { findReadyPacking } from "../packings/get.ts";
import { checkIdentity, readResult } from "../packings/result.ts";

export interface IdentityKey {
  packingId: string;
  identity: number;
}

/** The packing's identity and the generator, of one embedder. @throws HyperFaceError `model-mismatch` */
async function resolve(deps: Dependencies, { packingId, identity }: IdentityKey, name: string) {
  const packing = await findReadyPacking(deps, packingId);
  checkIdentity(packing, identity);
  const generator = await deps.generate.describe(name);
  if (generator.embedder.sha256 !== packing.model.sha256) {
    throw new HyperFaceError(
      "model-mismatch",
      `generator ${name} follows identities of ${generator.embedder.name}, packing ${packingId} is of ${packing.model.name}`,
    );
  }
  return { packing, generator };
}

/**
 * One image, prepared: its strong ETag is known before it is made, being a hash of all it is a
 * function of.
 */
export async function prepareImage(
  deps: Dependencies,
  key: IdentityKey & { sample: number },
  { query, format }: { query: ImageQuery; format: ImageFormat },
) {
  const { packing, generator } = await resolve(deps, key, query.generator);
  const { packingId, identity, sample } = key;
  const { beta, seed, size = generator.size } = query;
  const identifiers = [packingId, identity, sample, beta, seed, size, format];
  const all = JSON.stringify([...identifiers, generator.sha256, generator.version]);
  return {
    etag: `"${createHash("sha256").update(all).digest("base64url")}"`,
    async make() {
      const rows = { start: identity, count: 1 };
      const embedding = [...(await readResult(deps.store, packing, "embeddings", rows))];
      const { images } = await deps.generate.createImages({
        generator: query.generator,
        format,
        size,
        items: [{ embedding, identity, sample, beta, seed }],
        labels: { packing: packingId },
      });
      return images[0] as (typeof images)[number];
    },
  };
}

/** Samples `first` to `first + count - 1` of an identity at once; each is the image of its own URL. */
export async function createIdentityImages(
  deps: Dependencies,
  key: IdentityKey,
  request: CreateIdentityImagesRequest,
) {
  const { packing, generator } = await resolve(deps, key, request.generator);
  const { packingId, identity } = key;
  const { count, first, beta, seed, format, size = generator.size } = request;
  const rows = { start: identity, count: 1 };
  const embedding = [...(await readResult(deps.store, packing, "embeddings", rows))];
  return deps.generate.createImages({
    generator: request.generator,
    format,
    size,
    items: Array.from({ length: count }, (_, k) => {
      return { embedding, identity, sample: first + k, beta, seed };
    }),
    labels: { packing: packingId },
  });
}
