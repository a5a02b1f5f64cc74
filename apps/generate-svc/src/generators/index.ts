import { fileURLToPath } from "node:url";
import { HyperFaceError } from "@hyperface/contracts";
import {
  createInferencePool,
  type InferencePool,
  type InferencePoolOptions,
  memoiseLoads,
} from "@hyperface/inference";
import { imageArithmetic } from "../arithmetic.ts";
import type { ImageMakers } from "../images.ts";
import { loadMatte } from "../scene/matte.ts";
import { createScenePainters } from "../scene/threads.ts";
import type { Generator } from "./generator.ts";
import { loadOnnxGenerator } from "./onnx.ts";

/** Every generator by name: how to load it. A new generator is a line here. */
const LOADERS: Record<string, (pool: InferencePool) => Promise<Generator>> = {
  default: (pool) =>
    loadOnnxGenerator(fileURLToPath(new URL("../../models/default", import.meta.url)), pool),
};

export interface Generators {
  /** @throws HyperFaceError `unknown-model` naming those there are */
  get(name: string): Promise<Generator>;
  /** A generator with all else that its images are made with. @throws HyperFaceError `unknown-model` */
  makers(name: string): Promise<ImageMakers>;
  all(): Promise<ImageMakers[]>;
  close(): Promise<void>;
}

export interface GeneratorsOptions extends InferencePoolOptions {
  loaders?: typeof LOADERS;
}

/**
 * Generators, each loaded at its first use and kept.
 * @param home where models are prepared
 */
export function createGenerators(
  home: string,
  { loaders = LOADERS, ...poolOptions }: GeneratorsOptions = {},
): Generators {
  const pool = createInferencePool(poolOptions);
  const painters = createScenePainters();
  const get = memoiseLoads(async (name: string) => {
    const load = Object.hasOwn(loaders, name) ? loaders[name] : undefined;
    if (!load) {
      const names = Object.keys(loaders).join(", ");
      throw new HyperFaceError("unknown-model", `there is no generator ${name}: use ${names}`);
    }
    return load(pool);
  });
  const loadNetwork = memoiseLoads(() => loadMatte(home, pool));
  const makers = memoiseLoads(async (name: string): Promise<ImageMakers> => {
    const [generator, matte] = await Promise.all([get(name), loadNetwork()]);
    const arithmetic = await imageArithmetic(generator, matte);
    return { generator, matte, painters, arithmetic };
  });
  return {
    get,
    makers,
    all: () => Promise.all(Object.keys(loaders).map(makers)),
    async close() {
      await Promise.all([pool.close(), painters.close()]);
    },
  };
}
