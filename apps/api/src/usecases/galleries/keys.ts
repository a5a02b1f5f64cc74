/** Where a gallery's embeddings are, .npy float32 [n, d]. */
export const galleryKey = (id: string) => `galleries/${id}/embeddings.npy`;

/** Faces found by one slice, from position `start` of the generator's stream. */
export const galleryPartKey = (id: string, start: number) => `galleries/${id}/parts/${start}.npy`;
