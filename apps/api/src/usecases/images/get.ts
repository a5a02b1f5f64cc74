import { createHash } from "node:crypto";
import type { ImageFormat, ImageQuery } from "@hyperface/contracts";
import type { Dependencies } from "../../dependencies.ts";
import { findIdentity, type IdentityKey } from "./identity.ts";

/**
 * One image, prepared: its strong ETag is known before it is made, being a hash of all it is a
 * function of.
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
  const all = JSON.stringify([...identifiers, generator.sha256, generator.version]);
  return {
    etag: `"${createHash("sha256").update(all).digest("base64url")}"`,
    async make() {
      const { images } = await deps.generate.createImages({
        generator: query.generator,
        format,
        size,
        items: [{ embedding, identity, sample, beta, seed, ground }],
        labels: { packing: packingId },
      });
      return images[0] as (typeof images)[number];
    },
  };
}
