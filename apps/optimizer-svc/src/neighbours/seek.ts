import { decodeSet, type Neighbours } from "@hyperface/vectors";
import { toNeighbours } from "../packing/kernels/kernels.ts";
import { createOnnxKernels } from "../packing/kernels/onnx.ts";

/**
 * Each vector's nearest other one, exactly.
 * @param bytes a stored set of two vectors or more
 * @throws HyperFaceError `damaged-object`
 */
export async function seekNeighbours(bytes: Uint8Array): Promise<Neighbours> {
  const { embeddings, dimension } = decodeSet(bytes, "the set");
  const kernels = await createOnnxKernels(dimension);
  return toNeighbours(await kernels.nearestOther({ data: embeddings, dimension }));
}
