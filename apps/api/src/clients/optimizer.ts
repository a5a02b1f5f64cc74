import type {
  NeighboursRequest,
  NeighboursResponse,
  PackingSliceRequest,
  PackingSliceResponse,
} from "@hyperface/contracts";
import type { ServiceClient } from "./service.ts";

export type OptimizerClient = ReturnType<typeof createOptimizerClient>;

export const createOptimizerClient = ({ json, ready }: ServiceClient) => ({
  ready,
  runSlice: (slice: PackingSliceRequest, signal: AbortSignal) =>
    json<PackingSliceResponse>("/v1/packing-slices", slice, {
      signal,
      budgetSeconds: slice.budgetSeconds,
    }),
  seekNeighbours: (request: NeighboursRequest, signal?: AbortSignal) =>
    json<NeighboursResponse>("/v1/neighbours", request, { signal }),
});
