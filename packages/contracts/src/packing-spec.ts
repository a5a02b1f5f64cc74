import { z } from "@hono/zod-openapi";
import { codeSize, isCodeAlone } from "./packing-codes.ts";
import { refuseSymmetry } from "./packing-symmetry.ts";
import { strictObject } from "./strict.ts";
import { Seed } from "./values.ts";

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
/** Largest n x d: 312,500 identities of 512 numbers. A checkpoint, with two moments beside them, is below the 2 GiB that are read at once. */
export const MAX_PACKING_NUMBERS = 160_000_000;

export const MAX_ITERATIONS = 10_000_000;
/** A week. */
const MAX_BUDGET_SECONDS = 604_800;

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
  iterations: z.int().min(0).max(MAX_ITERATIONS).optional().openapi({
    description:
      "Steps. Default: 100,000 (`paper`); of `fast` about as many as come within 0.5 % of the objective of 2,000: 130 alpha^-0.6, from 100 to 800, with a gallery; of alpha 0, 2,000 for up to 1,000 identities and 1,000 for more, but none from a `code` without an `annealing`; with `budgetSeconds` as many as there is time for. 0: the start alone, as Table 15's random baseline.",
    example: 400,
  }),
  budgetSeconds: z.number().positive().max(MAX_BUDGET_SECONDS).optional().openapi({
    description:
      "Of `fast`, without `plateau`: the annealing lasts for so many seconds of steps, or for `iterations` where those are over first. Time between a job's slices does not count. A packing is the same again by `iterations` alone: with a budget it depends on how fast the machine is and what else it does.",
    example: 60,
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
 * where it states them; resolvePacking fills in those that depend on other values.
 */
export const PackingSpec = strictObject(specShape)
  .superRefine((spec, context) => {
    const refuse = (path: string, message: string) =>
      context.addIssue({ code: "custom", path: [path], message });
    const steps = spec.iterations !== 0 && !isCodeAlone(spec);
    if (steps && spec.batch === undefined && spec.count - spec.frozen > MAX_FULL_BATCH) {
      const more = `more than ${MAX_FULL_BATCH} identities need method "paper" with a batch (Algorithm 2)`;
      refuse("count", more);
    }
    for (const [other, excluded] of [
      ['method "paper"', spec.method !== "fast"],
      ["plateau", spec.plateau !== undefined],
    ] as const) {
      if (spec.budgetSeconds !== undefined && excluded) {
        refuse("budgetSeconds", `budgetSeconds is not for ${other}: give iterations`);
      }
    }
    refuseSymmetry(spec, (message) => refuse("symmetry", message));
    if (spec.frozen >= spec.count) {
      const given = `the first ${spec.frozen} of ${spec.count} identities are given`;
      refuse("frozen", `${given}: count includes them, and must be above`);
    }
    for (const [field, what, asked] of [
      ["frozen", "what extends a set", spec.frozen > 0],
      ["repel", "repel", spec.repel !== undefined],
    ] as const) {
      if (asked && spec.method !== "fast") refuse(field, `${what} needs method "fast"`);
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
    if (spec.count * spec.dimension > MAX_PACKING_NUMBERS) {
      const most = Math.floor(MAX_PACKING_NUMBERS / spec.dimension);
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
