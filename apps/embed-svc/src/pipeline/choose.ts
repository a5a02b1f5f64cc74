import { type EmbeddingOptions, type FaceQuality, HyperFaceError } from "@hyperface/contracts";
import { area, type Candidate } from "./boxes.ts";

/**
 * The faces that are wanted, of those found, largest first.
 * @throws HyperFaceError `no-face`, `several-faces`
 */
export function chooseFaces<F extends Candidate>(
  found: F[],
  image: { width: number; height: number; name: string },
  { faces, maxFaces, allowMissing, smallestFace }: EmbeddingOptions,
): F[] {
  const { name } = image;
  if (found.length === 0 && !allowMissing) {
    throw new HyperFaceError(
      "no-face",
      `${name} has no face that the detector finds: send one with a face of at least ${smallestFace} of its short side, or set aligned or allowMissing`,
    );
  }
  if (faces === "one" && found.length > 1) {
    throw new HyperFaceError(
      "several-faces",
      `${name} has ${found.length} faces: ask for faces=central, faces=largest or faces=all, or crop it`,
    );
  }
  if (faces === "all") return found.slice(0, maxFaces);
  return faces === "central" ? mostCentral(found, image) : found.slice(0, 1);
}

/**
 * The face with the greatest area less twice the squared distance of its centre from the image's centre, as scripts
 * that verify people choose: who is photographed stands in the middle.
 */
function mostCentral<F extends Candidate>(
  found: F[],
  { width, height }: { width: number; height: number },
): F[] {
  const worth = (face: F) => {
    const x = (face.x1 + face.x2 - width) / 2;
    const y = (face.y1 + face.y2 - height) / 2;
    return area(face) - 2 * (x ** 2 + y ** 2);
  };
  return found.toSorted((a, b) => worth(b) - worth(a)).slice(0, 1);
}

/** The faces that reach `minQuality`. @throws HyperFaceError `poor-face` where none does and one is needed */
export function goodEnough<F extends { quality: FaceQuality }>(
  faces: F[],
  name: string,
  { minQuality = 0, allowMissing }: EmbeddingOptions,
): F[] {
  const good = faces.filter(({ quality }) => quality.value >= minQuality);
  const [first] = faces;
  if (good.length > 0 || !first || allowMissing) return good;
  const { value, size, sharpness } = first.quality;
  throw new HyperFaceError(
    "poor-face",
    `${name} has a face of quality ${value.toFixed(2)}, under ${minQuality} (${Math.round(size)} pixels, sharpness ${sharpness.toFixed(1)}): send it larger or sharper, or ask for less`,
  );
}
