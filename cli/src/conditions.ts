import type { CreateDatasetRequest, CreateIdentityImagesRequest } from "@hyperface/sdk";
import type { Command } from "commander";
import { decimal, each, oneOf, UsageError } from "./usage.ts";

const AXES = ["yaw", "pitch", "light", "side"] as const;
const GROUNDS = [
  "any",
  "none",
  "studio",
  "wall",
  "foliage",
  "bokeh",
  "interior",
  "outdoor",
] as const satisfies readonly CreateDatasetRequest["ground"][];
const CAMERAS = ["none", "any"] as const;

/** What can be asked of images beside whose they are. */
export type Conditions = Pick<
  CreateIdentityImagesRequest,
  "ground" | "draw" | "camera" | (typeof AXES)[number]
>;
export type DatasetConditions = Conditions & Pick<CreateDatasetRequest, "deviation">;

const NAMES = ["ground", "draw", ...AXES, "camera", "deviation"] as const;

/** Options that ask for conditions; what is not given is left to the server. */
export const addConditions = (command: Command): Command =>
  command
    .option("--ground <kind>", GROUNDS.join(", "), oneOf(GROUNDS))
    .option("--draw <x>", "how far references are drawn to plain portraits, 0 to 1", decimal)
    .option("--yaw <x>", "turned, -3 to 3 standard deviations of what is usual", decimal)
    .option("--pitch <x>", "bent, likewise", decimal)
    .option("--light <x>", "brightness of the face, likewise", decimal)
    .option("--side <x>", "of the light, likewise", decimal)
    .option("--camera <kind>", CAMERAS.join(", "), oneOf(CAMERAS));

/** {@link addConditions}, of datasets: each image may have a place of its own on an axis. */
export const addDatasetConditions = (command: Command): Command =>
  addConditions(command).option(
    "--deviation <list>",
    "how far images differ on axes: standard deviations about --yaw and so on, or about 0; e.g. yaw=1.5,light=1",
    deviations,
  );

/** Those that were given, alone: a command without any is the request that it always was. */
export const conditionsOf = <T extends DatasetConditions>(options: T) =>
  Object.fromEntries(
    NAMES.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])),
  ) as Pick<T, keyof T & (typeof NAMES)[number]>;

function deviations(text: string): NonNullable<DatasetConditions["deviation"]> {
  const pairs = each(deviation)(text);
  const found = Object.fromEntries(pairs);
  if (Object.keys(found).length === pairs.length) return found;
  throw new UsageError(`${text} names an axis twice`);
}

function deviation(text: string): [(typeof AXES)[number], number] {
  const [axis = "", value, ...rest] = text.split("=");
  if (value === undefined || rest.length > 0) {
    throw new UsageError(`${text} is no deviation: write yaw=1.5`);
  }
  return [oneOf(AXES)(axis), decimal(value)];
}
