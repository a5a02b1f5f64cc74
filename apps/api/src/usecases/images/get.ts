import { createHash } from "node:crypto";
import {
  checkConditions,
  checkSampling,
  DEFAULT_EMBEDDER,
  type GeneratedImage,
  HyperFaceError,
  type ImageFormat,
  type ImageQuery,
  inQuery,
} from "@hyperface/contracts";
import type { Dependencies } from "../../dependencies.ts";
import { checkAlignedSize, createAlignedImages, noFace } from "./aligned.ts";
import type { MadeImage } from "./cache.ts";
import { findIdentity, type IdentityKey } from "./identity.ts";

/**
 * One image, prepared: its strong ETag is known before it is made, being a hash of all that its bytes
 * are a function of: the request, the generator and the arithmetic.
 * @returns its ETag, what finds it made, and what makes it, with HyperFaceError `no-face` where an aligned one shows none
 * @throws HyperFaceError as {@link findIdentity}; `invalid-request`, `unsupported-condition`
 */
export async function prepareImage(
  deps: Dependencies,
  key: IdentityKey & { sample: number },
  { query, format }: { query: ImageQuery; format: ImageFormat },
) {
  const { generator, readEmbedding } = await findIdentity(deps, key, query.generator);
  const { packingId, identity, sample } = key;
  const { generator: name, size, align, ...asked } = query;
  checkConditions(generator, asked, inQuery);
  checkSampling(generator, asked, inQuery);
  if (align) checkAlignedSize(size, "leave align out", inQuery);
  const { arithmetic: _, state: __, ...drawnBy } = generator;
  const frame = align ? "aligned" : (size ?? generator.size);
  const etagOf = (...arithmetic: string[]) => {
    const identifiers = [packingId, identity, sample, asked, frame, format, drawnBy, arithmetic];
    return `"${createHash("sha256").update(JSON.stringify(identifiers)).digest("base64url")}"`;
  };
  const readBatch = async () => ({
    generator: name,
    embedder: generator.embedder,
    items: [{ embedding: await readEmbedding(), identity, sample, ...asked }],
    labels: { packing: packingId },
  });

  /** The image, with the ETag of the process that made it: another one's may compute otherwise. */
  const prepared = (etag: string, make: (signal?: AbortSignal) => Promise<MadeImage>) => ({
    etag,
    findMade: () => deps.imageCache.get(etag),
    async make(signal?: AbortSignal): Promise<MadeImage> {
      const image = await make(signal);
      deps.imageCache.keep(image);
      return image;
    },
  });

  if (align) {
    const detector = await deps.embed.describe(DEFAULT_EMBEDDER);
    return prepared(etagOf(generator.arithmetic, detector.arithmetic), async (signal) => {
      const batch = await readBatch();
      const made = await createAlignedImages(deps, generator, batch, { format, signal });
      const [image] = made.images;
      if (!image) throw new HyperFaceError("no-face", noFace(sample));
      return { ...image, etag: etagOf(image.provenance.arithmetic, made.arithmetic) };
    });
  }
  return prepared(etagOf(generator.arithmetic), async (signal) => {
    const whole = { ...(await readBatch()), format, size: size ?? generator.size };
    const { images } = await deps.generate.createImages(whole, signal);
    const image = images[0] as GeneratedImage;
    return { ...image, etag: etagOf(image.provenance.arithmetic) };
  });
}
