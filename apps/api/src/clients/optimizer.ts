import {
  type ComparisonSliceRequest,
  ComparisonSliceResponse,
  type NearestRequest,
  NearestResponse,
  type NeighboursRequest,
  NeighboursResponse,
  type PackingSliceRequest,
  PackingSliceResponse,
  Separation,
  type SeparationRequest,
} from "@hyperface/contracts";
import type { ServiceClient } from "./service.ts";

export type OptimizerClient = ReturnType<typeof createOptimizerClient>;

export const createOptimizerClient = ({ json, message, ready }: ServiceClient) => ({
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
  separate: (request: SeparationRequest, signal?: AbortSignal) =>
    json("/v1/separations", Separation, request, { signal }),
  findNearest: (request: NearestRequest, signal?: AbortSignal) =>
    message("/v1/nearest", NearestResponse, request, { signal }),
  seekNeighbours: (request: NeighboursRequest, signal?: AbortSignal) =>
    message("/v1/neighbours", NeighboursResponse, request, { signal }),
});
