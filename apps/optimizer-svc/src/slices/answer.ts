import { type ErrorCode, HyperFaceError } from "@hyperface/contracts";
import { runSlice, type SliceInput, type SliceOutput } from "./run.ts";

export type SliceAnswer =
  | { output: SliceOutput }
  | { refusal: { code: ErrorCode; message: string } };

/** A thread's answer: an error's class does not survive the way back, its code does. */
export async function answer(input: SliceInput): Promise<SliceAnswer> {
  try {
    return { output: await runSlice(input) };
  } catch (error) {
    if (!(error instanceof HyperFaceError)) throw error;
    return { refusal: { code: error.code, message: error.message } };
  }
}
