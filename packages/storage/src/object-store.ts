import { HyperFaceError } from "@hyperface/contracts";

/** Where checkpoints and vectors live. Keys are made by the project, never taken from clients. */
export interface ObjectStore {
  /** Writes the whole object or nothing: a reader never sees a part. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** @throws HyperFaceError `not-found` */
  get(key: string): Promise<Uint8Array>;
  /** Bytes [start, start + length), fewer at the object's end. @throws HyperFaceError `not-found` */
  getRange(key: string, start: number, length: number): Promise<Uint8Array>;
  exists(key: string): Promise<boolean>;
  /** Deleting what is not there is no error. */
  delete(key: string): Promise<void>;
  /** Keys that begin with `prefix`, sorted. */
  list(prefix: string): Promise<string[]>;
}

const SEGMENT = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;

/**
 * Refuses keys that could leave the store: segments of letters, digits, `.`, `_`, `-`, joined by `/`.
 * @throws HyperFaceError `invalid-request`
 */
export function checkKey(key: string): string {
  if (key.length > 512 || !key.split("/").every((segment) => SEGMENT.test(segment))) {
    throw new HyperFaceError("invalid-request", `${JSON.stringify(key)} is not an object key`);
  }
  return key;
}

export const objectNotFound = (key: string) =>
  new HyperFaceError("not-found", `there is no object ${key}`);
