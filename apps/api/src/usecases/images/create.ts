import {
  ALIGNED_SIDE,
  type CreateIdentityImagesRequest,
  type CreateIdentityImagesResponse,
  checkConditions,
  checkSampling,
  type GeneratedImage,
} from "@hyperface/contracts";
import type { Dependencies } from "../../dependencies.ts";
import { checkAlignedSize, createAlignedImages, MOST_ATTEMPTS, noFace } from "./aligned.ts";
import { findIdentity, type IdentityKey } from "./identity.ts";

/**
 * Samples `first` to `first + count - 1` of an identity at once; each is the image of its own URL.
 * @throws HyperFaceError as {@link findIdentity}; `invalid-request`, `unsupported-condition`
 */
export async function createIdentityImages(
  deps: Dependencies,
  key: IdentityKey,
  request: CreateIdentityImagesRequest,
  signal?: AbortSignal,
): Promise<CreateIdentityImagesResponse> {
  const { generator: name, count, first, format, size, align, ...asked } = request;
  const { generator, readEmbedding } = await findIdentity(deps, key, name);
  checkConditions(generator, asked);
  checkSampling(generator, asked);
  const { packingId, identity } = key;
  const embedding = await readEmbedding();
  const batch = {
    generator: name,
    embedder: generator.embedder,
    items: Array.from({ length: count }, (_, k) => {
      return { embedding, identity, sample: first + k, ...asked };
    }),
    labels: { packing: packingId },
  };
  if (!align) {
    const whole = { ...batch, format, size: size ?? generator.size };
    const made = await deps.generate.createImages(whole, signal);
    return { ...made, format, images: made.images.map(asJson), failures: [] };
  }
  checkAlignedSize(size, "leave align out");
  const { images } = await createAlignedImages(deps, generator, batch, { format, signal });
  const failures = images.flatMap((image, k) => {
    if (image) return [];
    const sample = first + k;
    return [{ sample, attempts: MOST_ATTEMPTS, detail: noFace(sample) }];
  });
  const made = images.filter((image) => image !== null).map(asJson);
  return { format, size: ALIGNED_SIDE, images: made, failures };
}

const asJson = ({ data, provenance }: GeneratedImage) => ({
  data: Buffer.from(data).toString("base64"),
  provenance,
});
