import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { decodeNpy, encodeNpy } from "@hyperface/formats";
import { dot } from "@hyperface/vectors";
import pLimit from "p-limit";
import { CANVAS_SIDE } from "../templates.ts";
import type { LabelledFace } from "./faces.ts";
import type { Similarities } from "./score.ts";
import { VIEWS, type View } from "./verification.ts";

export interface Training {
  faces: readonly LabelledFace[];
  /** Canvases of a VerificationSet. */
  verify: readonly Uint8Array[];
  seed: number;
  /** 0: the network as it is initialised. */
  steps: number;
}

export interface Trained {
  /** Of everyone's first canvas to everyone's other views. */
  similarities: Record<View, Similarities>;
  torch: string;
  cpuSeconds: number;
  loss?: number;
  trainingAccuracy?: number;
}

/** One thread each, as many at a time as there are cores. */
const limit = pLimit(availableParallelism());
const SCRIPTS = ["train.py", "network.py", "augment.py"].map((name) =>
  fileURLToPath(new URL(`./${name}`, import.meta.url)),
);

/**
 * Trains a recogniser by train.py; `python` is an interpreter with requirements.txt. Kept beside the
 * prepared models by all that went into it, so that a run that was ended goes on.
 */
export const train = (python: string, training: Training): Promise<Trained> =>
  limit(async () => {
    const files = filesOf(training);
    const flags = ["--seed", `${training.seed}`, "--steps", `${training.steps}`];
    const hash = createHash("sha256").update(flags.join(" "));
    for (const bytes of Object.values(files)) hash.update(bytes);
    for (const script of SCRIPTS) hash.update(await readFile(script));
    const folder = join(process.env.HYPERFACE_HOME ?? ".hyperface", "bench", "utility");
    const kept = join(folder, `${hash.digest("hex")}.json`);
    const known = await readFile(kept, "utf8").catch(() => null);
    if (known) return JSON.parse(known);
    const trained = await run(python, files, flags);
    await mkdir(folder, { recursive: true });
    await writeFile(kept, JSON.stringify(trained));
    return trained;
  });

type Files = Record<"images" | "labels" | "verify", Uint8Array>;

function filesOf({ faces, verify }: Training): Files {
  const labels = Int32Array.from(faces, ({ label }) => label);
  return {
    images: stack(faces.map(({ canvas }) => canvas)),
    labels: encodeNpy({ data: labels, shape: [labels.length] }),
    verify: stack(verify),
  };
}

async function run(python: string, files: Files, flags: string[]): Promise<Trained> {
  const folder = await mkdtemp(join(tmpdir(), "hyperface-utility-"));
  const path = (name: string) => join(folder, `${name}.npy`);
  try {
    for (const [name, bytes] of Object.entries(files)) await writeFile(path(name), bytes);
    const paths = [...Object.keys(files), "out"].flatMap((name) => [`--${name}`, path(name)]);
    const call = [SCRIPTS[0] as string, ...paths, ...flags];
    const { stdout } = await promisify(execFile)(python, call);
    const figures = JSON.parse(stdout.trim().split("\n").at(-1) as string);
    const { data, shape } = decodeNpy(await readFile(path("out")));
    return { ...figures, similarities: compare(data as Float32Array, shape[1] as number) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function stack(canvases: readonly Uint8Array[]): Uint8Array {
  const data = new Uint8Array(canvases.length * CANVAS_SIDE ** 2);
  for (const [i, canvas] of canvases.entries()) data.set(canvas, i * CANVAS_SIDE ** 2);
  return encodeNpy({ data, shape: [canvases.length, CANVAS_SIDE, CANVAS_SIDE] });
}

/** Of rows in the order of a VerificationSet. */
function compare(embeddings: Float32Array, dimension: number): Record<View, number[][]> {
  const rows = Array.from({ length: embeddings.length / dimension }, (_, i) =>
    embeddings.subarray(i * dimension, (i + 1) * dimension),
  );
  const each = 1 + VIEWS.length;
  const of = (view: number) => rows.filter((_, i) => i % each === view);
  const first = of(0);
  const similarities = VIEWS.map((name, k) => {
    const others = of(k + 1);
    return [name, first.map((a) => others.map((b) => dot(a, b)))] as const;
  });
  return Object.fromEntries(similarities) as Record<View, number[][]>;
}
