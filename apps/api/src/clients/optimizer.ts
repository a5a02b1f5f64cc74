import {
  type ComparisonSliceRequest,
  ComparisonSliceResponse,
  type NeighboursRequest,
  NeighboursResponse,
  type PackingSliceRequest,
  PackingSliceResponse,
} from "@hyperface/contracts";
import type { ServiceClient } from "./service.ts";

export type OptimizerClient = ReturnType<typeof createOptimizerClient>;

export const createOptimizerClient = ({ json, ready }: ServiceClient) => ({
  ready,
  runSlice: (slice: PackingSliceRequest, signal: AbortSignal) =>
    json("/v1/packing-slices", PackingSliceResponse, slice, {
      signal,
      budgetSeconds: slice.budgetSeconds,
    }),
  compareSlice: (slice: ComparisonSliceRequest, signal: AbortSignal) =>
    json("/v1/comparison-slices", ComparisonSliceResponse, slice, {
      signal,
      budgetSeconds: slice.budgetSeconds,
    }),
  seekNeighbours: (request: NeighboursRequest, signal?: AbortSignal) =>
    json("/v1/neighbours", NeighboursResponse, request, { signal }),
});
