import { HyperFaceError } from "@hyperface/contracts";

/**
 * Where checkpoints, sets and exports live. Keys are made by the project, never taken from clients.
 *
 * Every object has a checksum beside it, which every whole read verifies. All that read throw HyperFaceError
 * `missing-object` where there is no such object and `damaged-object` where its bytes are not those that were
 * written; all that write throw `storage-full`. A store that is away throws
 * ServiceAway: jobs wait for it.
 */
export interface ObjectStore {
  /** Rejects where it takes no objects now: it is away, or nearly full. */
  ready(): Promise<unknown>;
  /** Writes the whole object or nothing: a reader never sees a part. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** As `put`, where there is no such object yet. @returns whether there was none */
  putIfAbsent(key: string, bytes: Uint8Array): Promise<boolean>;
  /** As `put`, of bytes as they come: an object that need not fit into memory. */
  putStream(key: string, bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void>;
  get(key: string): Promise<Uint8Array>;
  /** The bytes as they come; damage shows only at their end, by an error in place of the end. */
  getStream(key: string): AsyncIterable<Uint8Array>;
  /** Bytes [start, start + length), fewer at the object's end. Before the first part of a version the whole of it is verified. */
  getRange(key: string, start: number, length: number): Promise<Uint8Array>;
  exists(key: string): Promise<boolean>;
  /** Bytes of the object. */
  size(key: string): Promise<number>;
  /** Deleting what is not there is no error. */
  delete(key: string): Promise<void>;
  /** Keys that begin with `prefix`, sorted. */
  list(prefix: string): Promise<string[]>;
  /** Where anybody can GET the object for some seconds; null where the store has no addresses. */
  temporaryUrl(key: string, seconds: number): Promise<URL | null>;
  /** Every object that is not as it was written. */
  findDamage(): AsyncIterable<Damage>;
}

export interface Damage {
  key: string;
  /** `unrecorded`: there is an object, but no checksum to verify it by. */
  kind: "damaged" | "missing" | "unrecorded";
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

export const missingObject = (key: string, cause?: unknown) =>
  new HyperFaceError("missing-object", `object ${key} is missing from the store`, { cause });

export const damagedObject = (key: string, cause?: unknown) =>
  new HyperFaceError(
    "damaged-object",
    `object ${key} is damaged: its bytes are not those that were written`,
    { cause },
  );

export const storageFull = (key: string, cause?: unknown) =>
  new HyperFaceError("storage-full", `there is no space left to write object ${key}`, { cause });

export const nearlyFull = (left: number) =>
  new HyperFaceError("storage-full", `only ${Math.floor(left / 2 ** 20)} MiB are left for objects`);

/** What is wrong with an object, found by reading it whole; undefined where nothing is. */
export async function damageOf(
  store: Pick<ObjectStore, "getStream">,
  key: string,
): Promise<Damage["kind"] | undefined> {
  try {
    for await (const _bytes of store.getStream(key));
    return undefined;
  } catch (error) {
    const code = error instanceof HyperFaceError ? error.code : "";
    if (code === "damaged-object") return "damaged";
    if (code === "missing-object") return "missing";
    throw error;
  }
}
