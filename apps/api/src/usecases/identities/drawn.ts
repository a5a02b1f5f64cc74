import type { ModelReference } from "@hyperface/contracts";
import { dot } from "@hyperface/vectors";
import type { Dependencies } from "../../dependencies.ts";

/** What images of an identity are made from: its reference as a generator draws it. */
interface DrawnReference {
  embedding: Float32Array;
  /** With the reference. */
  cosine: number;
}

/**
 * @param references unit vectors of the generator's embedder, up to 256
 * @param draw strength, 0 to 1
 * @throws HyperFaceError `unknown-model`, `unsupported-condition`
 */
export async function drawReferences(
  { generate }: Pick<Dependencies, "generate">,
  { generator: name, draw }: { generator: string; draw: number },
  references: readonly Float32Array[],
  signal?: AbortSignal,
): Promise<{ generator: ModelReference; drawn: DrawnReference[] }> {
  const request = { generator: name, draw, embeddings: [...references] };
  const { generator, embeddings } = await generate.drawEmbeddings(request, signal);
  const drawn = references.map((reference, k) => {
    const embedding = embeddings[k] as Float32Array;
    return { embedding, cosine: dot(reference, embedding) };
  });
  return { generator, drawn };
}
