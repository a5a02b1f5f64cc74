import {
  AXIS_RANGE,
  AxisName,
  type DatasetConditions,
  ImageConditions,
} from "@hyperface/contracts";
import { randomStream, truncatedNormal } from "@hyperface/hypersphere";
import type { Draw } from "./draw.ts";

/**
 * What a dataset asks of one of its images: on an axis that has a deviation, the image's place is drawn from random
 * numbers that are keyed as all others of the image are.
 */
export function conditionsOf(
  said: DatasetConditions & { seed: number },
  { identity, drawn }: Draw,
): ImageConditions {
  const names = Object.keys(ImageConditions.shape) as (keyof ImageConditions)[];
  const asked = Object.fromEntries(names.map((name) => [name, said[name]])) as ImageConditions;
  for (const axis of AxisName.options) {
    const deviation = said.deviation?.[axis];
    if (deviation === undefined) continue;
    const stream = randomStream(said.seed, `axis-${axis}`, identity, drawn);
    asked[axis] = truncatedNormal(stream, { mean: said[axis] ?? 0, deviation }, AXIS_RANGE);
  }
  return asked;
}
