/** Points of the codes of dimensions that are no power of 2: E6, E7, and what the Leech lattice has. */
export const CODE_SIZES: Record<number, number> = {
  6: 72,
  7: 126,
  21: 162,
  22: 891,
  23: 4600,
  24: 196_560,
};

/** Points of a dimension's algebraic code: those, Gold's or Kerdock's; 0 where there is none. */
export const codeSize = (d: number): number => {
  const size = CODE_SIZES[d];
  if (size !== undefined) return size;
  if ([8, 32, 128, 512, 2048].includes(d)) return 2 * d ** 2;
  return [16, 64, 256, 1024].includes(d) ? d ** 2 + 2 * d : 0;
};
