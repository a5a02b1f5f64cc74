import { z } from "@hono/zod-openapi";
import { errorAt, inBody } from "./errors.ts";
import { textNumber } from "./numbers.ts";

const STEPS = z.int().min(1).max(100);
const GUIDANCE = z.number().min(1).max(20);
const DRAW_SIZE = z.int().min(64).max(1024).multipleOf(64);

const DESCRIPTIONS = {
  steps: "Steps of a generator that has any, such as Arc2Face; 25, or 4 with `fewStep`.",
  guidance: "Classifier-free guidance; 1 is none, at half the work. 3, or 1 with `fewStep`.",
  fewStep: "Sampling by the consistency adapter: 2 to 4 steps, at most 50.",
  drawSize:
    "Side at which the picture is drawn, pixels; the generator's own where it is not given.",
};

/** How a generator of many steps draws; one that makes an image in one pass refuses them. */
export const SamplingFields = {
  steps: STEPS.optional().openapi({ description: DESCRIPTIONS.steps }),
  guidance: GUIDANCE.optional().openapi({ description: DESCRIPTIONS.guidance }),
  fewStep: z.boolean().optional().openapi({ description: DESCRIPTIONS.fewStep }),
  drawSize: DRAW_SIZE.optional().openapi({ description: DESCRIPTIONS.drawSize }),
};

/** The same in a query. */
export const TextSamplingFields = {
  steps: textNumber(STEPS).optional().openapi({ description: DESCRIPTIONS.steps }),
  guidance: textNumber(GUIDANCE).optional().openapi({ description: DESCRIPTIONS.guidance }),
  fewStep: z
    .stringbool({ truthy: ["true"], falsy: ["false"], case: "sensitive" })
    .optional()
    .openapi({ type: "boolean", description: DESCRIPTIONS.fewStep }),
  drawSize: textNumber(DRAW_SIZE).optional().openapi({ description: DESCRIPTIONS.drawSize }),
};

/** What a request says of sampling. */
export interface SamplingOptions {
  steps?: number | undefined;
  guidance?: number | undefined;
  fewStep?: boolean | undefined;
  drawSize?: number | undefined;
}

/** How an image was sampled, complete. */
export const Sampling = z
  .object({ steps: z.int(), guidance: z.number(), fewStep: z.boolean(), drawSize: z.int() })
  .openapi("Sampling");
export type Sampling = z.infer<typeof Sampling>;

/** What a generator of many steps can be asked for. */
export const SamplingSupport = z.object({
  fewStep: z.boolean().openapi({ description: "Whether it has a consistency adapter." }),
});

/** The part of a value that says how to sample. */
export const samplingOf = ({ steps, guidance, fewStep, drawSize }: SamplingOptions) => ({
  steps,
  guidance,
  fewStep,
  drawSize,
});

/** Most steps of the consistency adapter. */
const FEW_STEPS = 50;

/**
 * @param at where the item's fields stand in the request
 * @throws HyperFaceError `invalid-request` where the generator cannot sample so
 */
export function checkSampling(
  generator: { name: string; sampling: z.infer<typeof SamplingSupport> | null },
  item: SamplingOptions,
  at = inBody(),
): void {
  const asked = Object.entries(samplingOf(item)).filter(([, value]) => value !== undefined);
  const refuse = (field: string, detail: string) => {
    const place = at(field);
    throw errorAt("invalid-request", place, detail, `${place}: ${detail}`);
  };
  const [first] = asked;
  if (!generator.sampling && first) {
    refuse(first[0], `generator ${generator.name} makes an image in one pass: leave it out`);
  }
  if (!item.fewStep) return;
  if (!generator.sampling?.fewStep) {
    refuse("fewStep", `generator ${generator.name} has no consistency adapter: leave it out`);
  }
  if ((item.steps ?? 0) > FEW_STEPS) {
    refuse("steps", `with fewStep there are at most ${FEW_STEPS}, and 2 to 4 are enough`);
  }
}
