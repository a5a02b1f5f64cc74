import { HyperFaceError } from "@hyperface/contracts";
import type { InferenceLog } from "../pool.ts";
import { findModelFolders, type ModelFolder } from "./folders.ts";
import { createShelf, type ModelState, type ShelfEntry } from "./shelf.ts";

export interface CatalogueOptions<D, T> {
  /** What its models are, one of them. */
  kind: string;
  /** Models that are always there. */
  builtIn(): Promise<readonly ShelfEntry<D, T>[]>;
  /** Folder of further ones, looked at anew for each request. */
  modelsDir: string | undefined;
  /** The model of a manifest in that folder; undefined where it is of another kind. Throws where it is damaged. */
  entryOf(folder: ModelFolder): ShelfEntry<D, T> | undefined;
  /** After so long without use a model that is not pinned is put away. */
  idleSeconds: number;
  log: InferenceLog | undefined;
}

export interface Catalogue<D, T> {
  /**
   * Runs `work` on the model of a name, loaded where it is not, which stays until the work is done.
   * @throws HyperFaceError `unknown-model` naming those there are
   */
  use<R>(name: string, work: (model: T, description: D) => Promise<R>): Promise<R>;
  /** Every model with its state, and itself where it is loaded. */
  list(): Promise<{ description: D; state: ModelState; model: T | undefined }[]>;
  /** Puts everything away. */
  close(): Promise<void>;
}

/** Models by name: built-in ones, and those whose manifests are in a folder at the time. */
export function createCatalogue<D, T>(options: CatalogueOptions<D, T>): Catalogue<D, T> {
  const { kind, builtIn, modelsDir, entryOf, idleSeconds, log } = options;
  const shelf = createShelf<D, T>(idleSeconds);
  const said = new Set<string>();
  const warn = (message: string) => {
    if (!said.has(message)) log?.warn({ modelsDir }, message);
    said.add(message);
  };
  const readEntry = (found: ModelFolder) => {
    try {
      return entryOf(found);
    } catch (error) {
      warn(`${found.folder}/manifest.json: ${(error as Error).message}`);
      return undefined;
    }
  };
  const all = async () => {
    const entries = new Map((await builtIn()).map((entry) => [entry.name, entry]));
    for (const found of await findModelFolders(modelsDir, warn)) {
      const entry = readEntry(found);
      if (!entry) continue;
      if (entries.has(entry.name))
        warn(`${found.folder}: there is the ${kind} ${entry.name} already`);
      else entries.set(entry.name, entry);
    }
    return [...entries.values()];
  };
  const find = async (name: string) => {
    const own = (await builtIn()).find((entry) => entry.name === name);
    if (own) return own;
    const entries = await all();
    const found = entries.find((entry) => entry.name === name);
    if (found) return found;
    const names = entries.map((entry) => entry.name).join(", ");
    throw new HyperFaceError("unknown-model", `there is no ${kind} ${name}: use ${names}`);
  };

  return {
    async use(name, work) {
      const entry = await find(name);
      return shelf.use(entry, (model) => work(model, entry.description));
    },
    async list() {
      return (await all()).map((entry) => ({
        description: entry.description,
        state: shelf.state(entry),
        model: shelf.loaded(entry),
      }));
    },
    close: () => shelf.close(),
  };
}
