import { z } from "@hono/zod-openapi";
import { strictObject } from "./strict.ts";
import { Seed } from "./values.ts";

/** Points of the codes of dimensions that are no power of 2: E6, E7, and what the Leech lattice has. */
const CODE_SIZES: Record<number, number> = {
  6: 72,
  7: 126,
  21: 162,
  22: 891,
  23: 4600,
  24: 196_560,
};

/** Points of a dimension's algebraic code: those, Gold's or Kerdock's; 0 where there is none. */
const codeSize = (d: number) => {
  const size = CODE_SIZES[d];
  if (size !== undefined) return size;
  if ([8, 32, 128, 512, 2048].includes(d)) return 2 * d ** 2;
  return [16, 64, 256, 1024].includes(d) ? d ** 2 + 2 * d : 0;
};

/** Solver of a packing. */
export const PackingMethod = z.enum(["fast", "paper"]).openapi({
  description:
    "`fast`: annealed log-sum-exp energy with Riemannian momentum. `paper`: Algorithm 1, or Algorithm 2 where `batch` is given.",
});
export type PackingMethod = z.infer<typeof PackingMethod>;

export const PackingOptimizer = z.enum(["adam", "adamw", "rmsprop"]);
export type PackingOptimizer = z.infer<typeof PackingOptimizer>;

/** How Eq. 2's maximum over pairs is read. */
export const PackingLoss = z.enum(["mean", "global"]).openapi({
  description:
    "`mean`: mean over i of the largest cosine of x_i, so every point moves. `global`: the one worst pair.",
});
export type PackingLoss = z.infer<typeof PackingLoss>;

/** Largest packing whose every step looks at every pair. */
const MAX_FULL_BATCH = 20_000;
/** Largest packing of engine "tfjs": its matrix of cosines, and of their gradient, 400 MB each. */
const MAX_TFJS = 10_000;
/** Largest n x d: 131,072 identities of 512 numbers, 800 MB with what an optimiser remembers. */
const MAX_NUMBERS = 2 ** 26;

/** Beyond, float32 knows no cosines that differ by as little as is weighed. */
const Sharpness = z.number().min(1e-3).max(1e8);
/** Radians: a quarter turn at most. */
const StepLength = z.number().min(1e-12).max(1.6);

/** What a packing's maker may choose. */
export const settingsShape = {
  count: z
    .int()
    .min(2)
    .max(1_000_000)
    .openapi({ description: "Identities to pack, n.", example: 64 }),
  method: PackingMethod.default("fast"),
  alpha: z
    .number()
    .min(0)
    .max(1000)
    .default(0.5)
    .openapi({ description: "Weight of Eq. 2's gallery term. 0 needs no gallery." }),
  loss: PackingLoss.default("mean"),
  iterations: z.int().min(0).max(10_000_000).optional().openapi({
    description:
      "Steps. Default: 100,000 (`paper`); of `fast` about as many as come within 0.5 % of the objective of 2,000: 130 alpha^-0.6, from 100 to 800, with a gallery; of alpha 0, 2,000 for up to 1,000 identities and 1,000 for more. 0: the start alone, as Table 15's random baseline.",
    example: 400,
  }),
  start: z.enum(["gallery", "random", "code", "set"]).default("gallery").openapi({
    description:
      "`gallery`: distinct gallery embeddings, repeated where there are too few. `random`: uniform on the sphere. `code`: an algebraic code, for dimension 6, 7, 21 to 24 and for a power of 2 from 8 to 2048: of 6 and 7 the 72 and 126 roots of E6 and E7; of 21, 22, 23 or 24 the smallest of the Leech lattice's with as many points, up to 162, 891, 4,600 or 196,560; of 8, 32, 128, 512 or 2048 Gold's, up to 2 d^2 points of largest cosine sqrt(2 / d), else Kerdock's, up to d^2 + 2 d points of largest cosine 1 / sqrt(d). `set`: the vectors of a given set.",
  }),
  repel: strictObject({ minimumDistance: z.number().min(0).max(2) })
    .optional()
    .openapi({
      description:
        "Of `fast`: identities keep this cosine distance from every vector of a given set, such as real faces.",
    }),
  minimumDistance: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .openapi({ description: "With `random`: points are redrawn until all are this far apart." }),
  engine: z.enum(["onnx", "tfjs"]).default("onnx").openapi({
    description:
      "Of `paper`: our own gradients and kernels, or TensorFlow.js's differentiation and Adam (Algorithm 1 only), which holds an n x n matrix.",
  }),
  optimizer: PackingOptimizer.default("adam").openapi({ description: "Of `paper`." }),
  learningRate: z.number().positive().max(10).default(0.1).openapi({ description: "Of `paper`." }),
  schedule: strictObject({
    factor: z.number().positive().max(1).default(0.75),
    every: z.int().min(1).optional(),
  })
    .default({ factor: 0.75 })
    .openapi({
      description:
        "Of `paper`: learning rate times `factor` every `every` steps. Default: a twentieth of the iterations, which is the published 5,000 of 100,000.",
    }),
  batch: z.int().min(2).max(MAX_FULL_BATCH).optional().openapi({
    description: "Of `paper`: points a step (Algorithm 2). Every point (Algorithm 1) where absent.",
  }),
  annealing: strictObject({
    sharpness: z.tuple([Sharpness, Sharpness]),
    step: z.tuple([StepLength, StepLength]),
    bend: z.number().min(0.1).max(10).default(1),
  })
    .optional()
    .openapi({
      description:
        "Of `fast`: sharpness of the softened maximum, and length of a step in radians, at the start and at the end; geometric between, in the share of steps done to the power of `bend`: above 1 they stay longer near the start. Default: 0.9 sqrt(d) to 10,000, and 0.05 to 0.00005, of alpha 0; with a gallery steps are shorter, the bend less and the first sharpness more the larger alpha is; softer and further for up to 1,000 points of alpha 0, which finds the optimal codes.",
    }),
  symmetry: strictObject({ cyclic: z.int().min(1).max(8192) })
    .optional()
    .openapi({
      description:
        "Of `fast`, with alpha 0 and start `random`: identities are packed as orbits of a cyclic group of g = `cyclic` elements; g divides the dimension. With m = ceil(count / g) orbits, identity s m + r is identity r with each block of g coordinates rolled by s. A step costs less, 4 to 8 times with g 16, and largest cosines end about as small or smaller. 1: no symmetry. Default: of more than 1,000 identities the largest divisor of the dimension up to 16, where nothing forbids it.",
    }),
  plateau: strictObject({ patience: z.int().min(1), tolerance: z.number().min(0).default(1e-5) })
    .optional()
    .openapi({
      description:
        "Ends early where the objective has not improved by `tolerance` within `patience` reports; the best state reported is the result. Of `fast`: reports count once four fifths of the annealing are done, for before that the objective rises and falls with the step.",
    }),
  seed: Seed.default(0),
};

/** What a packing may have that no symmetry leaves as it is. */
interface Asymmetries {
  method: PackingMethod;
  alpha: number;
  start: string;
  frozen: number;
  repel?: object | undefined;
  minimumDistance?: number | undefined;
}

const admitsSymmetry = (spec: Asymmetries): boolean =>
  spec.method === "fast" &&
  spec.alpha === 0 &&
  spec.start === "random" &&
  spec.frozen === 0 &&
  spec.repel === undefined &&
  spec.minimumDistance === undefined;

const specShape = {
  ...settingsShape,
  dimension: z.int().min(2).max(8192).openapi({ description: "Embedding length, d." }),
  frozen: z.int().min(0).default(0).openapi({
    description:
      "Of `fast`: the first so many identities are given, repel the others and do not move.",
  }),
};

/**
 * What to pack: Eq. 2 over `count` unit vectors of R^`dimension`, and how. Defaults are the paper's
 * where it states them; {@link resolvePacking} fills in those that depend on other values.
 */
export const PackingSpec = strictObject(specShape)
  .superRefine((spec, context) => {
    const refuse = (path: string, message: string) =>
      context.addIssue({ code: "custom", path: [path], message });
    const steps = spec.iterations !== 0;
    if (steps && spec.batch === undefined && spec.count - spec.frozen > MAX_FULL_BATCH) {
      const more = `more than ${MAX_FULL_BATCH} identities need method "paper" with a batch (Algorithm 2)`;
      refuse("count", more);
    }
    refuseSymmetry(spec, (message) => refuse("symmetry", message));
    if (spec.frozen >= spec.count) {
      refuse("frozen", `of ${spec.count} identities ${spec.frozen} cannot be frozen`);
    }
    for (const [field, asked] of [
      ["frozen", spec.frozen > 0],
      ["repel", spec.repel !== undefined],
    ] as const) {
      if (asked && spec.method !== "fast") refuse(field, `${field} needs method "fast"`);
    }
    const words = codeSize(spec.dimension);
    if (spec.start === "code" && words === 0) {
      refuse(
        "start",
        'start "code" needs dimension 6, 7, 21 to 24, or a power of 2 from 8 to 2048',
      );
    } else if (spec.start === "code" && spec.count > words) {
      refuse("count", `the code of dimension ${spec.dimension} has ${words} points`);
    }
    if (spec.minimumDistance !== undefined && spec.count > MAX_FULL_BATCH) {
      refuse("minimumDistance", `minimumDistance is for up to ${MAX_FULL_BATCH} identities`);
    }
    if (spec.count * spec.dimension > MAX_NUMBERS) {
      const most = Math.floor(MAX_NUMBERS / spec.dimension);
      refuse("count", `at most ${most} identities of dimension ${spec.dimension} are packed`);
    }
    const plain = spec.method === "paper" && spec.optimizer === "adam" && !spec.batch;
    if (spec.engine === "tfjs" && (!plain || spec.count > MAX_TFJS)) {
      const what = `engine "tfjs" is for method "paper", optimizer "adam", no batch and up to ${MAX_TFJS} identities`;
      refuse("engine", what);
    }
    if (spec.batch !== undefined && spec.batch > spec.count) {
      refuse("batch", `batch ${spec.batch} exceeds count ${spec.count}`);
    }
    if (spec.batch !== undefined && spec.method !== "paper") {
      refuse("batch", 'batch needs method "paper"');
    }
    if (spec.method === "fast" && spec.loss === "global") {
      refuse("loss", 'loss "global" needs method "paper"');
    }
    if (spec.minimumDistance !== undefined && spec.start !== "random") {
      refuse("minimumDistance", 'minimumDistance needs start "random"');
    }
  })
  .openapi("PackingSpec");
export type PackingSpec = z.infer<typeof PackingSpec>;

/** Why a spec cannot have the symmetry it asks for. */
function refuseSymmetry(
  spec: Pick<PackingSpec, "symmetry" | "count" | "dimension"> & Asymmetries,
  refuse: (message: string) => void,
): void {
  const g = spec.symmetry?.cyclic ?? 1;
  if (g === 1) return;
  if (!admitsSymmetry(spec)) {
    refuse(
      'symmetry is for method "fast", alpha 0 and start "random" without minimumDistance, extends or repel',
    );
  }
  if (spec.dimension % g !== 0) {
    refuse(`cyclic must divide the dimension: ${g} does not divide ${spec.dimension}`);
  }
  if (spec.count < g) refuse(`an orbit of ${g} is more than ${spec.count} identities`);
}

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
 * Few points without one have a best code to find, and steps that cost little.
 */
function defaultIterations({ method, alpha, count }: PackingSpec): number {
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
