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

/** From so many points on nothing that was packed is as tight as the code of the dimension (bench packing --case overtaking). */
const OVERTAKES: Record<number, number> = { 128: 4096, 512: 16_384 };

/** Whether so many points are better written down than packed, where nothing but distance counts. */
export const codeOvertakes = (count: number, dimension: number): boolean =>
  count >= (OVERTAKES[dimension] ?? Number.POSITIVE_INFINITY) && count <= codeSize(dimension);

interface Asked {
  method: "fast" | "paper";
  start: string;
  alpha: number;
  iterations?: number | undefined;
  budgetSeconds?: number | undefined;
  annealing?: object | undefined;
}

/** Whether a code is kept as it is: without a gallery, steps that nobody asked for could only make it worse. */
export const isCodeAlone = (spec: Asked): boolean =>
  spec.start === "code" &&
  spec.method === "fast" &&
  spec.alpha === 0 &&
  [spec.iterations, spec.budgetSeconds, spec.annealing].every((asked) => asked === undefined);
