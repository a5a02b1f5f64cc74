import { mean } from "../statistics.ts";
import { TRAIT_NAMES, type Traits } from "./traits.ts";

/**
 * Standard deviations of each trait, between the images of one identity and of all images, beside the
 * real ones': the shares say how much of what varies in the data varies in the product.
 * @param identities images of each identity
 */
export function spreads(identities: readonly (readonly Traits[])[], real: readonly Traits[]) {
  const several = identities.filter((images) => images.length > 1);
  const entries = TRAIT_NAMES.map((name) => {
    const values = (traits: readonly Traits[]) => traits.map((trait) => trait[name]);
    const data = Math.sqrt(variance(values(real)));
    const all = Math.sqrt(variance(values(identities.flat())));
    const within = Math.sqrt(mean(several.map((images) => variance(values(images)))));
    return [name, { data, all, within, allShare: all / data, withinShare: within / data }];
  });
  return Object.fromEntries(entries);
}

/** Unbiased. */
function variance(values: readonly number[]): number {
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
}
