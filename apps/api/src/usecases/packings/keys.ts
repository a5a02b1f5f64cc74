/** A packing's last checkpoint. */
export const checkpointKey = (id: string) => `packings/${id}/checkpoint.safetensors`;

/** A finished packing: embeddings, nearestIndex, nearestCosine. */
export const resultKey = (id: string) => `packings/${id}/result.safetensors`;
