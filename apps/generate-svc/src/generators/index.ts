import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { memoiseLoads } from "@hyperface/contracts";
import {
  createCatalogue,
  createInferencePool,
  type InferencePool,
  type InferencePoolOptions,
  type ModelFolder,
  type ModelState,
  type ShelfEntry,
} from "@hyperface/inference";
import { imageArithmetic } from "../arithmetic.ts";
import type { ImageMakers } from "../images.ts";
import { loadMatte, ownAlpha } from "../scene/matte.ts";
import { createScenePainters } from "../scene/threads.ts";
import { type BatchingOptions, loadArc2Face } from "./arc2face/load.ts";
import { Arc2FaceManifest, describeArc2Face } from "./arc2face/manifest.ts";
import type { Generator, KnownUnloaded } from "./generator.ts";
import { GeneratorManifest } from "./manifest.ts";
import { describeOnnxGenerator, loadOnnxGenerator } from "./onnx.ts";

export interface GeneratorsOptions extends InferencePoolOptions {
  /** Where models are prepared. */
  home: string;
  /** Folder of models beside the built-in one, looked at anew for each request. */
  modelsDir?: string | undefined;
  /** After so long without use a model of that folder is put away. */
  idleSeconds: number;
  batching: BatchingOptions;
}

export type GeneratorStatus = KnownUnloaded & { state: ModelState; arithmetic: string | null };

export interface Generators {
  /**
   * Runs `work` with a generator and all else that its images are made with.
   * @throws HyperFaceError `unknown-model` naming those there are
   */
  use<R>(name: string, work: (makers: ImageMakers) => Promise<R>): Promise<R>;
  list(): Promise<GeneratorStatus[]>;
  close(): Promise<void>;
}

type Entry = ShelfEntry<KnownUnloaded, ImageMakers & { release(): Promise<void> }>;
interface Loaded {
  generator: Generator;
  release(): Promise<void>;
}

const BUILT_IN = fileURLToPath(new URL("../../models/default", import.meta.url));

/** Generators by their manifests, each loaded at its first use. */
export function createGenerators(options: GeneratorsOptions): Generators {
  const { home, modelsDir, idleSeconds, batching, device, log } = options;
  const pool = createInferencePool(options);
  const painters = createScenePainters();
  const loadNetwork = memoiseLoads(() => loadMatte(home, pool));
  const complete = async ({ generator, release }: Loaded) => {
    const matte = generator.alpha ? ownAlpha : await loadNetwork();
    const arithmetic = await imageArithmetic(generator, matte);
    return { generator, matte, painters, arithmetic, release };
  };
  const entryOf = ({ folder, manifest }: ModelFolder): Entry | undefined => {
    const common = {
      key: JSON.stringify([folder, manifest]),
      unload: ({ release }: Loaded) => release(),
      pinned: folder === BUILT_IN,
    };
    if (manifest.kind === "arc2face") {
      const parsed = Arc2FaceManifest.parse(manifest);
      const load = async () =>
        complete(await loadArc2Face(folder, parsed, { batching, device, log }));
      return { ...common, name: parsed.name, description: describeArc2Face(parsed), load };
    }
    if (manifest.kind !== "onnx" && folder !== BUILT_IN) return undefined;
    const parsed = GeneratorManifest.parse(manifest);
    const load = async () => complete(await loadOnnx(folder, parsed, pool));
    return { ...common, name: parsed.name, description: describeOnnxGenerator(parsed), load };
  };
  const builtIn = memoiseLoads(async () => {
    const manifest = JSON.parse(await readFile(join(BUILT_IN, "manifest.json"), "utf8"));
    return [entryOf({ folder: BUILT_IN, manifest }) as Entry];
  });
  const catalogue = createCatalogue({
    ...{ kind: "generator", builtIn, modelsDir, entryOf, idleSeconds, log },
  });

  return {
    use: catalogue.use,
    list: async () =>
      (await catalogue.list()).map(({ description, state, model }) => ({
        ...description,
        state,
        arithmetic: model?.arithmetic ?? null,
      })),
    async close() {
      await Promise.all([pool.close(), catalogue.close(), painters.close()]);
    },
  };
}

/** On threads that all small generators share; its sessions are given back. */
async function loadOnnx(folder: string, manifest: GeneratorManifest, pool: InferencePool) {
  const sessions: { release(): Promise<void> }[] = [];
  const generator = await loadOnnxGenerator(folder, manifest, {
    async createSession(...given) {
      const session = await pool.createSession(...given);
      sessions.push(session);
      return session;
    },
  });
  const release = async () => {
    await Promise.all(sessions.map((session) => session.release()));
  };
  return { generator, release };
}
