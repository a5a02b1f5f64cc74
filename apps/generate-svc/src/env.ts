import { CommonEnvironment } from "@hyperface/service-kit";

export const Environment = CommonEnvironment;
export const DEFAULT_PORT = 8083;
