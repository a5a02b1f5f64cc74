import {
  ALIGNED_SIDE,
  DEFAULT_EMBEDDER,
  errorAt,
  type GeneratedImage,
  type GenerateImagesInput,
  type GeneratorDescription,
  type ImageFormat,
  inBody,
} from "@hyperface/contracts";
import type { Dependencies } from "../../dependencies.ts";

/** Pictures made of one sample until a face is found, at most. */
export const MOST_ATTEMPTS = 4;

/** Where a generator puts every face in its frame, two thirds of its side wide, smaller ones are not looked for. */
export const soughtIn = ({ grounds }: Pick<GeneratorDescription, "grounds">) =>
  grounds ? { smallestFace: "0.3" } : {};

/** @throws HyperFaceError `invalid-request` of a size that aligned faces do not have */
export function checkAlignedSize(size: number | undefined, otherwise: string, at = inBody()): void {
  if (size === undefined || size === ALIGNED_SIDE) return;
  const detail = `aligned faces are ${ALIGNED_SIDE} x ${ALIGNED_SIDE}: leave size out, or ${otherwise}`;
  throw errorAt("invalid-request", at("size"), detail);
}

export const noFace = (sample: number) =>
  `in ${MOST_ATTEMPTS} pictures of sample ${sample} no face was found: ask for another sample`;

export interface AlignedImages {
  /** Null where no face was found in any attempt. */
  images: (GeneratedImage | null)[];
  /** Of what detects and aligns. */
  arithmetic: string;
}

/**
 * Faces in a generator's pictures, aligned to ArcFace's template: the central one of each. Where there is none the picture
 * is made again with another z, {@link MOST_ATTEMPTS} times in all.
 */
export async function createAlignedImages(
  { generate, embed }: Pick<Dependencies, "generate" | "embed">,
  generator: GeneratorDescription,
  { items, labels, ...request }: Omit<GenerateImagesInput, "size" | "crop">,
  { format, signal }: { format: ImageFormat; signal?: AbortSignal | undefined },
): Promise<AlignedImages> {
  const images: (GeneratedImage | null)[] = items.map(() => null);
  const options = { crops: "true", cropFormat: format, flip: "false", ...soughtIn(generator) };
  let arithmetic = "";
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const missing = items.flatMap((item, i) => (images[i] ? [] : [{ item, i }]));
    if (missing.length === 0) break;
    const pictures = await generate.createImages(
      {
        ...request,
        format: "ppm",
        items: missing.map(({ item }) => ({ ...item, attempt })),
        labels: { ...labels, align: "detect" },
      },
      signal,
    );
    // Whatever the generator follows: a crop is of the detector's making.
    const found = await embed.embedFaces(
      pictures.images.map(({ data }) => data),
      DEFAULT_EMBEDDER,
      signal,
      options,
    );
    arithmetic = found.arithmetic;
    for (const [k, { i }] of missing.entries()) {
      const data = found.images[k]?.faces[0]?.crop;
      const provenance = pictures.images[k]?.provenance;
      if (data !== undefined && provenance) images[i] = { data, provenance };
    }
  }
  return { images, arithmetic };
}
