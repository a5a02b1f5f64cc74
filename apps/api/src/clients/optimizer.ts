import type { PackingSliceRequest, PackingSliceResponse } from "@hyperface/contracts";
import type { ServiceClient } from "./service.ts";

export type OptimizerClient = ReturnType<typeof createOptimizerClient>;

export const createOptimizerClient = ({ json }: ServiceClient) => ({
  runSlice: (slice: PackingSliceRequest) => json<PackingSliceResponse>("/v1/packing-slices", slice),
});
