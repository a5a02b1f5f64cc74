import { Device } from "@hyperface/inference";
import { CommonEnvironment } from "@hyperface/service-kit";

export const Environment = CommonEnvironment.extend({ DEVICE: Device.default("auto") });
export const DEFAULT_PORT = 8083;
