import { memoiseLoads } from "@hyperface/contracts";

export type ModelState = "unloaded" | "loading" | "ready" | "failed";

/** A model that can be loaded, and put away again. */
export interface ShelfEntry<D, T> {
  name: string;
  /** Changes where the model does: another one of the same name is loaded in its place. */
  key: string;
  /** What is known of it unloaded. */
  description: D;
  load(): Promise<T>;
  unload(model: T): Promise<void>;
  /** Never put away. */
  pinned?: boolean;
}

export interface Shelf<D, T> {
  /** Runs `work` on a model, loaded where it is not, which stays until the work is done. */
  use<R>(entry: ShelfEntry<D, T>, work: (model: T) => Promise<R>): Promise<R>;
  state(entry: ShelfEntry<D, T>): ModelState;
  /** The model, where it is loaded. */
  loaded(entry: ShelfEntry<D, T>): T | undefined;
  /** Puts everything away that no work is done on. */
  close(): Promise<void>;
}

interface Slot<T> {
  get: () => Promise<T>;
  state: ModelState;
  model?: T;
  users: number;
  timer?: NodeJS.Timeout | undefined;
  unload(model: T): Promise<void>;
}

/** Models that are loaded when they are first used, and put away when they were not for `idleSeconds`. */
export function createShelf<D, T>(idleSeconds: number): Shelf<D, T> {
  const slots = new Map<string, Slot<T>>();
  const slotOf = (entry: ShelfEntry<D, T>): Slot<T> => {
    const known = slots.get(entry.key);
    if (known) return known;
    const slot: Slot<T> = {
      state: "unloaded",
      users: 0,
      unload: entry.unload,
      get: memoiseLoads(async () => {
        slot.state = "loading";
        try {
          slot.model = await entry.load();
          slot.state = "ready";
          return slot.model;
        } catch (error) {
          slot.state = "failed";
          throw error;
        }
      }),
    };
    slots.set(entry.key, slot);
    return slot;
  };
  const putAway = async (key: string, slot: Slot<T>) => {
    clearTimeout(slot.timer);
    slots.delete(key);
    if (slot.model !== undefined) await slot.unload(slot.model);
  };

  return {
    async use(entry, work) {
      const slot = slotOf(entry);
      slot.users += 1;
      clearTimeout(slot.timer);
      try {
        return await work(await slot.get());
      } finally {
        slot.users -= 1;
        if (slot.users === 0 && !entry.pinned) {
          slot.timer = setTimeout(() => putAway(entry.key, slot), idleSeconds * 1000).unref();
        }
      }
    },
    state: ({ key }) => slots.get(key)?.state ?? "unloaded",
    loaded: ({ key }) => slots.get(key)?.model,
    async close() {
      await Promise.all([...slots].map(([key, slot]) => putAway(key, slot)));
    },
  };
}
