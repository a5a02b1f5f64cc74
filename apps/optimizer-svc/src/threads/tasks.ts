import {
  type ComparisonSliceRequest,
  type ErrorCode,
  HyperFaceError,
  type PackingSliceRequest,
  type SeparationRequest,
} from "@hyperface/contracts";
import { openStore } from "@hyperface/storage";
import { advanceComparison } from "../comparison/advance.ts";
import { seekNeighbours } from "../neighbours/seek.ts";
import { separate } from "../separation/separate.ts";
import { advanceSlice } from "../slices/advance.ts";
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

export interface SliceTask<Request> {
  request: Request;
  stop: NonNullable<SliceTime["stop"]>;
}

/** What a thread does, with a store of its own and what it keeps warm. */
export function createTasks(location: Parameters<typeof openStore>[0]) {
  const opening = openStore(location);
  const warm = createWarmPackings(WARM_BYTES);
  return {
    advanceSlice: answering(async ({ request, stop }: SliceTask<PackingSliceRequest>) =>
      advanceSlice({ store: await opening, warm }, request, stop),
    ),
    advanceComparison: answering(async ({ request, stop }: SliceTask<ComparisonSliceRequest>) =>
      advanceComparison(await opening, request, stop),
    ),
    separate: answering(async (request: SeparationRequest) => separate(await opening, request)),
    seekNeighbours: answering(async (key: string) =>
      seekNeighbours(await (await opening).get(key)),
    ),
  };
}
