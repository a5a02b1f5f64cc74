import { isCodeAlone } from "./packing-codes.ts";
import { MAX_ITERATIONS, type PackingSpec } from "./packing-spec.ts";
import { admitsSymmetry } from "./packing-symmetry.ts";

/** A spec with every default filled in. */
export type ResolvedPacking = PackingSpec & {
  iterations: number;
  schedule: { factor: number; every: number };
  annealing: { sharpness: [number, number]; step: [number, number]; bend: number };
  symmetry: { cyclic: number };
};

/** Up to so many points that no gallery holds are annealed so that optimal codes are found. */
const FEW = 1000;
const CODE_ANNEALING: ResolvedPacking["annealing"] = {
  sharpness: [1, 1e6],
  step: [0.1, 1e-7],
  bend: 1,
};

/**
 * Random cosines spread by 1 / sqrt(d): at the first sharpness every pair counts, at the last the nearest
 * alone. A step shrinks as sharpness grows, for that is how stiff the energy is. The more a gallery holds its
 * points, the less far they have to go: powers of alpha, fitted to the best annealings found at six of them. With more bend or longer first steps
 * small alphas end lower still, but points come close for longer on the way.
 */
function usualAnnealing(dimension: number, alpha: number): ResolvedPacking["annealing"] {
  const soft = 0.9 * Math.sqrt(dimension);
  if (alpha === 0) return { sharpness: [soft, 1e4], step: [0.05, 5e-5], bend: 1 };
  const first = Math.min(0.06, 0.04 * alpha ** -0.37);
  const last = Math.min(1e-4, 4e-5 * alpha ** -0.35);
  const bend = Math.min(1.3, Math.max(1, 1.2 * alpha ** -0.1));
  return { sharpness: [soft * Math.max(1, alpha) ** 0.4, 1e4], step: [first, last], bend };
}

/** Larger groups cost less a step, and from here on end with larger cosines. */
const MAX_GROUP = 16;

function defaultGroup(spec: PackingSpec & { iterations: number }): number {
  if (!admitsSymmetry(spec) || spec.iterations === 0 || spec.count <= FEW) return 1;
  let g = MAX_GROUP;
  while (spec.dimension % g !== 0) g--;
  return g;
}

/**
 * Steps that come within half a per cent of the objective of 2,000: a gallery that holds its points has them settle soon.
 * Few points without one have a best code to find, and steps that cost little. A code is as good as it gets.
 */
function defaultIterations(spec: PackingSpec): number {
  const { method, alpha, count } = spec;
  if (isCodeAlone(spec)) return 0;
  if (spec.budgetSeconds !== undefined) return MAX_ITERATIONS;
  if (method === "paper") return 100_000;
  if (alpha === 0) return count <= FEW ? 2000 : 1000;
  return Math.min(800, Math.max(100, Math.ceil(130 * alpha ** -0.6)));
}

/** Fills in the defaults that depend on other values. Idempotent. */
export function resolvePacking(spec: PackingSpec): ResolvedPacking {
  const iterations = spec.iterations ?? defaultIterations(spec);
  const every = spec.schedule.every ?? Math.max(1, Math.ceil(iterations / 20));
  const free = spec.alpha === 0 && (spec.start === "random" || spec.start === "gallery");
  const few = spec.count <= FEW && free;
  const annealing =
    spec.annealing ?? (few ? CODE_ANNEALING : usualAnnealing(spec.dimension, spec.alpha));
  const symmetry = spec.symmetry ?? { cyclic: defaultGroup({ ...spec, iterations }) };
  return { ...spec, iterations, schedule: { ...spec.schedule, every }, annealing, symmetry };
}
