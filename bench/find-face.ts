import type { Point } from "@hyperface/embed-svc/pixels";
import type { HyperFace } from "@hyperface/sdk";

/** The central face of an image file: its embedding, its landmarks, its aligned crop as PNG. */
export async function findFace(hyperface: HyperFace, file: Uint8Array) {
  const options = { faces: "central", allowMissing: true, crops: true } as const;
  const { images } = await hyperface.embeddings.create([file], options);
  const face = images[0]?.faces[0];
  if (!face?.detection || !face.crop) return null;
  const { embedding, detection } = face;
  const landmarks = detection.landmarks as readonly Point[];
  return { embedding, landmarks, crop: new Uint8Array(Buffer.from(face.crop, "base64")) };
}
