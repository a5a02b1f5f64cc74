import { type ErrorCode, HyperFaceError } from "@hyperface/contracts";
import * as neighbours from "../neighbours/seek.ts";
import * as slices from "../slices/run.ts";

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

export const runSlice = answering(slices.runSlice);
export const seekNeighbours = answering(neighbours.seekNeighbours);
