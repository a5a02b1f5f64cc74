import { availableParallelism } from "node:os";
import {
  ALIGNED_SIDE,
  type EmbeddingOptions,
  type FaceQuality,
  HyperFaceError,
  type LoadedEmbedder,
  memoiseLoads,
} from "@hyperface/contracts";
import {
  type Claim,
  createInferencePool,
  createTurns,
  type Device,
  type InferenceLog,
  type ModelName,
  prepareModel,
  type WorkQueueOptions,
} from "@hyperface/inference";
import sharp from "sharp";
import type { BatchOptions, Embedder } from "../embedders/embedder.ts";
import { createEmbedders, type EmbedderStatus } from "../embedders/index.ts";
import { alignFace } from "./align.ts";
import { embeddingArithmetic } from "./arithmetic.ts";
import { chooseFaces, goodEnough } from "./choose.ts";
import {
  type DecodedImage,
  decodeImage,
  type ImageHeader,
  type ImageSize,
  type NamedImage,
  readHeader,
} from "./decode.ts";
import type { DetectorNetworks } from "./detect.ts";
import type { Point } from "./pixels.ts";
import { frameSize, judgeQuality } from "./quality.ts";
import { checkFaceCount, checkPixels, type RequestLimits } from "./request.ts";
import { findFaces, type UprightFace } from "./upright.ts";

/** An image on a core, until it is known better. */
const ITEM_SECONDS = 0.2;

export interface PipelineOptions {
  /** Folder whose models/ is the cache of prepared models. */
  home: string;
  modelsDir?: string | undefined;
  idleSeconds: number;
  device?: Device;
  log?: InferenceLog;
  batching: Omit<BatchOptions, "name" | "parallel">;
  limits: RequestLimits;
  /** How many images may wait, of all requests together, and how long. */
  queue: Pick<WorkQueueOptions, "capacity" | "maxWait">;
}

/** A face found and embedded; positions in pixels of the upright file. */
export interface EmbeddedFace {
  embedding: Float32Array;
  quality: FaceQuality;
  detection: UprightFace | null;
  /** Interleaved RGB, not rounded, [112, 112, 3]. */
  aligned: Float32Array;
}

export interface EmbeddedImage extends ImageSize {
  /** Faces found, those that were not asked for too. */
  found: number;
  faces: EmbeddedFace[];
}

/** The images of a request, of one embedder. */
export interface EmbeddedImages {
  embedder: LoadedEmbedder;
  images: EmbeddedImage[];
}

export interface Pipeline {
  /**
   * Decode, detect, align and embed the images of one request, which takes turns with others. Its cost
   * is checked first; the first failure ends it, and so does the signal.
   * @throws HyperFaceError `unknown-model`, `too-many-faces`, `too-many-pixels`, `unreadable-image`, `image-too-large`,
   * `no-face`, `several-faces`, `overloaded`; the signal's reason
   */
  embedImages(
    images: NamedImage[],
    options: EmbeddingOptions,
    signal?: AbortSignal,
  ): Promise<EmbeddedImages>;
  embedders(): Promise<EmbedderStatus[]>;
  /** One embedder, loaded where it was not. @throws HyperFaceError `unknown-model` */
  embedder(name: string): Promise<LoadedEmbedder>;
  /** Loads every built-in model. */
  ready(): Promise<unknown>;
  close(): Promise<void>;
}

export function createPipeline(options: PipelineOptions): Pipeline {
  const { home, device = "cpu", log, batching, limits, queue, modelsDir, idleSeconds } = options;
  const cores = availableParallelism();
  const pool = createInferencePool({ threads: cores, device, log });
  const load = async (name: ModelName) => {
    const { bytes } = await prepareModel(name, home);
    return pool.createSession(bytes, { intraOpNumThreads: 1 });
  };
  const networks = memoiseLoads(async (): Promise<DetectorNetworks> => {
    const [proposal, refinement, output] = await Promise.all(
      (["mtcnn-pnet", "mtcnn-rnet", "mtcnn-onet"] as const).map(load),
    );
    return { proposal, refinement, output } as DetectorNetworks;
  });
  const embedders = createEmbedders({
    ...{ home, pool, modelsDir, idleSeconds, log, batching: { ...batching, parallel: cores } },
    arithmetic: async (embedder) => embeddingArithmetic(await networks(), embedder),
  });
  // Decoded photographs are large: only a few are held at a time, whoever asks for them.
  const enter = createTurns({
    name: "photographs",
    parallel: 2 * cores,
    itemSeconds: ITEM_SECONDS,
    ...queue,
  });

  const embedImage = async (
    embedder: Embedder,
    file: NamedImage,
    header: ImageHeader,
    options: EmbeddingOptions,
    claim: Claim,
  ) => {
    const image = await decodeImage(file, header);
    if (options.aligned) {
      const face = await embedAligned(embedder, image, options, claim);
      return { ...image.original, found: 1, faces: [face] };
    }
    claim.signal?.throwIfAborted();
    const found = await findFaces(await networks(), image, options.smallestFace);
    const chosen = chooseFaces(found, { ...image, name: file.name }, options);
    const faces = chosen.map(async (face) => {
      const aligned = alignFace(image, face.landmarks);
      const { unit, norm } = await embedder.embed(aligned, options.flip, claim);
      const size = frameSize(face.landmarks) * image.zoom;
      const quality = judgeQuality(aligned, { size, norm, landmarks: face.landmarks });
      return { embedding: unit, aligned, quality, detection: enlarge(face, image.zoom) };
    });
    const seen = await Promise.all(faces);
    return { ...image.original, found: found.length, faces: goodEnough(seen, file.name, options) };
  };

  const embedImages: Pipeline["embedImages"] = async (files, options, left) => {
    checkFaceCount(files.length, options);
    return embedders.use(options.model, async (embedder, description) => {
      const { each, claim } = enter(left);
      const headers = await Promise.all(files.map((file) => readHeader(file, limits)));
      checkPixels(files, headers, limits);
      const images = await each(files, (file, i) =>
        embedImage(embedder, file, headers[i] as ImageHeader, options, claim),
      );
      return { embedder: description, images };
    });
  };

  return {
    embedImages,
    embedders: embedders.list,
    embedder: (name) => embedders.use(name, async (_, description) => description),
    ready: embedders.ready,
    async close() {
      await Promise.all([pool.close(), embedders.close()]);
    },
  };
}

async function embedAligned(
  embedder: Embedder,
  image: DecodedImage,
  { flip }: EmbeddingOptions,
  claim: Claim,
): Promise<EmbeddedFace> {
  const aligned = await fitAligned(image);
  const { unit, norm } = await embedder.embed(aligned, flip, claim);
  const size = image.width * image.zoom;
  const quality = judgeQuality(aligned, { size, norm, landmarks: null });
  return { embedding: unit, aligned, quality, detection: null };
}

async function fitAligned(image: DecodedImage): Promise<Float32Array> {
  const { width, height, data } = image;
  if (width !== height) {
    throw new HyperFaceError(
      "unreadable-image",
      `an aligned face is square, this one is ${width} x ${height}: leave out aligned to have it detected`,
    );
  }
  if (width === ALIGNED_SIDE) return Float32Array.from(data);
  const raw = { width, height, channels: 3 as const };
  return Float32Array.from(
    await sharp(data, { raw }).resize(ALIGNED_SIDE, ALIGNED_SIDE).raw().toBuffer(),
  );
}

function enlarge(face: UprightFace, zoom: number): UprightFace {
  const { x1, y1, x2, y2, landmarks } = face;
  return {
    ...face,
    x1: x1 * zoom,
    y1: y1 * zoom,
    x2: x2 * zoom,
    y2: y2 * zoom,
    landmarks: landmarks.map(([x, y]): Point => [x * zoom, y * zoom]),
  };
}
