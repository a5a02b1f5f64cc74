import { createHash } from "node:crypto";
import type { ImageFormat, ImageQuery } from "@hyperface/contracts";
import type { Dependencies } from "../../dependencies.ts";
import { findIdentity, type IdentityKey } from "./identity.ts";

/**
 * One image, prepared: its strong ETag is known before it is made, being a hash of all that its bytes
 * are a function of: the request, the generator and the arithmetic.
 */
export async function prepareImage(
  deps: Dependencies,
  key: IdentityKey & { sample: number },
  { query, format }: { query: ImageQuery; format: ImageFormat },
) {
  const { generator, embedding } = await findIdentity(deps, key, query.generator);
  const { packingId, identity, sample } = key;
  const { beta, seed, ground, size = generator.size } = query;
  const identifiers = [packingId, identity, sample, beta, seed, ground, size, format];
  const etagOf = (arithmetic: string) => {
    const all = JSON.stringify([...identifiers, generator.sha256, generator.version, arithmetic]);
    return `"${createHash("sha256").update(all).digest("base64url")}"`;
  };
  return {
    etag: etagOf(generator.arithmetic),
    /** The image, with the ETag of the process that made it: another one's may compute otherwise. */
    async make(signal?: AbortSignal) {
      const batch = {
        generator: query.generator,
        format,
        size,
        items: [{ embedding, identity, sample, beta, seed, ground }],
        labels: { packing: packingId },
      };
      const { images } = await deps.generate.createImages(batch, signal);
      const image = images[0] as (typeof images)[number];
      return { ...image, etag: etagOf(image.provenance.arithmetic) };
    },
  };
}
