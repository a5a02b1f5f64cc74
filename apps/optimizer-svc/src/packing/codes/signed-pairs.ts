/** (+-size, +-size, 0, ..., 0) in any order: the minimal vectors of the lattice D_n, n = `length`. */
export function signedPairs(length: number, size: number): number[][] {
  const vectors: number[][] = [];
  for (let i = 0; i < length; i++) {
    for (let j = i + 1; j < length; j++) {
      for (const [a, b] of [
        [size, size],
        [size, -size],
        [-size, size],
        [-size, -size],
      ] as const) {
        vectors.push(Array.from({ length }, (_, k) => (k === i ? a : k === j ? b : 0)));
      }
    }
  }
  return vectors;
}
