import {
  type ComparisonSliceRequest,
  type ErrorCode,
  HyperFaceError,
  type NearestRequest,
  type PackingSliceRequest,
  type SeparationRequest,
} from "@hyperface/contracts";
import { openStore } from "@hyperface/storage";
import { workerData } from "piscina";
import { advanceComparison as compare } from "../comparison/advance.ts";
import { createNearestFinder } from "../neighbours/nearest.ts";
import { seekNeighbours as seek } from "../neighbours/seek.ts";
import { separate as measure } from "../separation/separate.ts";
import { advanceSlice as advance } from "../slices/advance.ts";
import type { SliceTime } from "../slices/run.ts";
import { createWarmPackings } from "../slices/warm.ts";

/** Vectors and states that a thread keeps between slices, bytes; they end with it, a minute after its last task. */
const WARM_BYTES = 512 * 2 ** 20;

/** What a thread answers: an error's class does not survive the way back, its code does. */
export type Answer<R> = { output: R } | { refusal: { code: ErrorCode; message: string } };

const answering =
  <T, R>(task: (input: T) => Promise<R>) =>
  async (input: T): Promise<Answer<R>> => {
    try {
      return { output: await task(input) };
    } catch (error) {
      if (!(error instanceof HyperFaceError)) throw error;
      return { refusal: { code: error.code, message: error.message } };
    }
  };

const opening = openStore(workerData);
const warm = createWarmPackings(WARM_BYTES);

export interface SliceTask<Request> {
  request: Request;
  stop: NonNullable<SliceTime["stop"]>;
}

export const advanceSlice = answering(async ({ request, stop }: SliceTask<PackingSliceRequest>) =>
  advance({ store: await opening, warm }, request, stop),
);
export const advanceComparison = answering(
  async ({ request, stop }: SliceTask<ComparisonSliceRequest>) =>
    compare(await opening, request, stop),
);
export const separate = answering(async (request: SeparationRequest) =>
  measure(await opening, request),
);
const finding = opening.then((store) => createNearestFinder(store));
export const findNearest = answering(async (request: NearestRequest) => (await finding)(request));
export const seekNeighbours = answering(async (key: string) =>
  seek(await (await opening).get(key)),
);
