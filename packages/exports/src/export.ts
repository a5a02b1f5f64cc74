/** One labelled image of a dataset, as every export takes it. */
export interface ExportImage {
  /** Its name in the dataset, once in it: letters, digits, `_` and `-`, up to 64. */
  key: string;
  /** Which identity it shows: an integer from 0 on. */
  label: number;
  /** The encoded file. */
  bytes: Uint8Array;
  extension: "jpg" | "png" | "webp";
  /** What it was made from, as JSON. */
  provenance: Readonly<Record<string, unknown>>;
}

/** Where an image is in an export, for a manifest to name. */
export interface Place {
  key: string;
  file: string;
  /** How many images stand before it in that file. */
  row: number;
  /** Its first byte in that file; null where the file does not hold its bytes in one piece. */
  offset: number | null;
  /** Bytes of the image. */
  length: number;
}

/** Writes one file of an export from its bytes as they come, whole or not at all. */
export type Put = (name: string, bytes: AsyncIterable<Uint8Array>) => Promise<void>;

/** What an export is made from: never held whole. */
export type Images = AsyncIterable<ExportImage> | Iterable<ExportImage>;

/** The name of a shard: every export numbers them from 0 on, in five digits. */
export const shardName = (stem: string, shard: number, extension: string): string =>
  `${stem}-${String(shard).padStart(5, "0")}.${extension}`;

/**
 * The items in groups of `size`, each read from the same source when it is asked for. A group must be read to
 * its end before the next.
 */
export async function* shardsOf<T>(
  items: AsyncIterable<T> | Iterable<T>,
  size: number,
): AsyncGenerator<AsyncIterable<T>> {
  const source = (async function* () {
    yield* items;
  })();
  let next = await source.next();
  async function* group() {
    for (let taken = 0; taken < size && !next.done; taken++) {
      yield next.value as T;
      next = await source.next();
    }
  }
  try {
    while (!next.done) yield group();
  } finally {
    await source.return(undefined);
  }
}

/**
 * Gives several writers the same items from a source that is read once: none is ahead of another by more than the
 * item that both are given next, so what stands before an item is done with when it comes. The first failure ends all.
 * @param writers each reads to the end
 * @returns what each returned
 */
export async function toEach<T, R>(
  items: AsyncIterable<T>,
  writers: readonly ((items: AsyncIterable<T>) => Promise<R>)[],
): Promise<R[]> {
  const source = items[Symbol.asyncIterator]();
  let round = createRound<T>();
  let asked = 0;
  const next = () => {
    const { step, settle } = round;
    asked += 1;
    if (asked === writers.length) {
      asked = 0;
      round = createRound();
      settle(source.next());
    }
    return step;
  };
  async function* reader() {
    for (let step = await next(); !step.done; step = await next()) yield step.value;
  }
  const failed = (error: unknown) => {
    round.fail(error);
    throw error;
  };
  try {
    return await Promise.all(writers.map((write) => write(reader()).catch(failed)));
  } finally {
    await source.return?.();
  }
}

/** One step of a source, which every reader waits for. */
function createRound<T>() {
  let settle: (step: Promise<IteratorResult<T>>) => void = () => {};
  let fail: (error: unknown) => void = () => {};
  const step = new Promise<IteratorResult<T>>((resolve, reject) => {
    settle = resolve;
    fail = reject;
  });
  // Nobody may be waiting yet.
  step.catch(() => {});
  return { step, settle, fail };
}

/** The images of one shard, each checked. @throws RangeError naming the image that no export can hold */
export async function* checked(images: Images): AsyncGenerator<ExportImage> {
  const keys = new Set<string>();
  for await (const image of images) {
    const { key, label } = image;
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(key))
      throw new RangeError(`${JSON.stringify(key)} is no key`);
    if (keys.has(key)) throw new RangeError(`key ${key} is there twice`);
    if (!Number.isSafeInteger(label) || label < 0) throw new RangeError(`label ${label} of ${key}`);
    keys.add(key);
    yield image;
  }
}
