import { filled, textNumberOr } from "@hyperface/contracts";
import { z } from "zod";
import { Device } from "./device.ts";

/** Variables of a service that runs models. */
export const MODEL_VARIABLES = {
  DEVICE: Device.default("auto"),
  /** Folder of models beside the built-in ones, each a folder with a manifest.json. */
  MODELS_DIR: filled().optional(),
  /** After so long without use a model of that folder is put away. */
  MODEL_IDLE_SECONDS: textNumberOr(600, z.number().positive().max(1e6)),
};
