import { setMaxListeners } from "node:events";
import { type Claim, createWorkQueue, type WorkQueueOptions } from "./batcher.ts";

/** One request among those that share a queue. */
export interface Turns {
  claim: Claim & { signal: AbortSignal };
  /** `work` on each item in its turn, the results in order; the first failure ends what has not begun. */
  each<I, R>(items: readonly I[], work: (item: I, i: number) => Promise<R>): Promise<R[]>;
}

/**
 * A bounded queue in which requests take turns, item by item: see {@link createWorkQueue}.
 * @returns what a request enters it by, with the signal that says that nobody waits for it any more
 */
export function createTurns(options: WorkQueueOptions): (leaving?: AbortSignal) => Turns {
  const inTurn = createWorkQueue(options);
  return (leaving) => {
    const failed = new AbortController();
    const signal = leaving ? AbortSignal.any([leaving, failed.signal]) : failed.signal;
    // Every item listens to it.
    setMaxListeners(0, signal);
    const claim = { client: failed, signal };
    return {
      claim,
      each: (items, work) =>
        Promise.all(items.map((item, i) => inTurn(() => work(item, i), claim))).catch((error) => {
          failed.abort(error);
          throw error;
        }),
    };
  };
}
