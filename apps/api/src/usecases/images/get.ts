import { createHash } from "node:crypto";
import {
  checkConditions,
  checkSampling,
  type ImageFormat,
  type ImageQuery,
} from "@hyperface/contracts";
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
  const { generator: name, size = generator.size, ...asked } = query;
  checkConditions(generator, asked);
  checkSampling(generator, asked);
  const { arithmetic: _, state: __, ...drawnBy } = generator;
  const etagOf = (arithmetic: string) => {
    const identifiers = [packingId, identity, sample, asked, size, format, drawnBy, arithmetic];
    return `"${createHash("sha256").update(JSON.stringify(identifiers)).digest("base64url")}"`;
  };
  return {
    etag: etagOf(generator.arithmetic),
    /** The image, with the ETag of the process that made it: another one's may compute otherwise. */
    async make(signal?: AbortSignal) {
      const batch = {
        generator: name,
        embedder: generator.embedder,
        format,
        size,
        items: [{ embedding, identity, sample, ...asked }],
        labels: { packing: packingId },
      };
      const { images } = await deps.generate.createImages(batch, signal);
      const image = images[0] as (typeof images)[number];
      return { ...image, etag: etagOf(image.provenance.arithmetic) };
    },
  };
}
