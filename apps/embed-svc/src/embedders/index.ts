import type { EmbedderDescription, LoadedEmbedder } from "@hyperface/contracts";
import {
  checkedPath,
  createCatalogue,
  describeFiles,
  type InferenceLog,
  type InferencePool,
  MODELS,
  type ModelFolder,
  type ModelSource,
  type ModelState,
  prepareModel,
  type ShelfEntry,
} from "@hyperface/inference";
import { type BatchOptions, createEmbedder, type Embedder, type Layout } from "./embedder.ts";
import { EmbedderManifest } from "./manifest.ts";

/** What a manifest says of an embedder. */
export type KnownUnloaded = Omit<EmbedderDescription, "arithmetic" | "state">;
export type EmbedderStatus = KnownUnloaded & { state: ModelState; arithmetic: string | null };

export interface EmbeddersOptions {
  /** Where models are prepared. */
  home: string;
  pool: InferencePool;
  /** Folder of models beside the built-in ones, looked at anew for each request. */
  modelsDir?: string | undefined;
  /** After so long without use a model of that folder is put away. */
  idleSeconds: number;
  log: InferenceLog | undefined;
  batching: Omit<BatchOptions, "name">;
  /** Names what an embedder computes with. */
  arithmetic(embedder: Embedder): Promise<string>;
}

export interface Embedders {
  /**
   * Runs `work` with an embedder, loaded where it is not.
   * @throws HyperFaceError `unknown-model` naming those there are
   */
  use<R>(
    name: string,
    work: (embedder: Embedder, description: LoadedEmbedder) => Promise<R>,
  ): Promise<R>;
  list(): Promise<EmbedderStatus[]>;
  /** Loads the built-in ones. */
  ready(): Promise<unknown>;
  close(): Promise<void>;
}

const BUILT_IN = {
  "mobilefacenet-512": { dimension: 512, channels: "bgr", mean: 127.5, scale: 128 },
  "mobilefacenet-192": { dimension: 192, channels: "rgb", mean: 127.5, scale: 128 },
} as const satisfies Partial<Record<keyof typeof MODELS, Layout>>;
type BuiltIn = keyof typeof BUILT_IN;
const NAMES = Object.keys(BUILT_IN) as BuiltIn[];

interface Loaded {
  embedder: Embedder;
  arithmetic: string;
  release(): Promise<void>;
}

/** Embedders by their manifests, each loaded at its first use. */
export function createEmbedders(options: EmbeddersOptions): Embedders {
  const { home, pool, modelsDir, idleSeconds, log, batching } = options;
  const load = async (name: string, model: ModelSource, layout: Layout): Promise<Loaded> => {
    const session = await pool.createSession(model, { intraOpNumThreads: 1 });
    const embedder = createEmbedder(session, layout, { name, ...batching });
    const arithmetic = await options.arithmetic(embedder);
    return { embedder, arithmetic, release: session.release };
  };
  const unload = ({ release }: Loaded) => release();
  const builtIn = NAMES.map((name) => ({
    ...{ name, key: name, pinned: true, unload, description: describeBuiltIn(name) },
    load: async () => load(name, (await prepareModel(name, home)).bytes, BUILT_IN[name]),
  }));
  const entryOf = ({
    folder,
    manifest,
  }: ModelFolder): ShelfEntry<KnownUnloaded, Loaded> | undefined => {
    if (manifest.kind !== "embedder") return undefined;
    const { file, ...known } = EmbedderManifest.parse(manifest);
    const { name, dimension, licence, source } = known;
    return {
      name,
      key: JSON.stringify([folder, manifest]),
      description: {
        name,
        dimension,
        licence,
        source,
        sha256: file.sha256,
        ...describeFiles([file]),
      },
      load: async () => load(name, await checkedPath(folder, file), known),
      unload,
    };
  };
  const catalogue = createCatalogue({
    ...{ kind: "embedder", builtIn: async () => builtIn, modelsDir, entryOf, idleSeconds, log },
  });

  return {
    use: (name, work) =>
      catalogue.use(name, ({ embedder, arithmetic }, known) =>
        work(embedder, { ...known, state: "ready", arithmetic }),
      ),
    list: async () =>
      (await catalogue.list()).map(({ description, state, model }) => ({
        ...description,
        state,
        arithmetic: model?.arithmetic ?? null,
      })),
    ready: () => Promise.all(NAMES.map((name) => catalogue.use(name, async () => {}))),
    close: catalogue.close,
  };
}

function describeBuiltIn(name: BuiltIn): KnownUnloaded {
  const { package: source, file, licence, sha256, prepared, bytes } = MODELS[name];
  const files = [{ path: `${name}.onnx`, sha256: prepared, bytes }];
  const { dimension } = BUILT_IN[name];
  return { name, sha256, dimension, licence, source: `${source}/${file}`, ...describeFiles(files) };
}
