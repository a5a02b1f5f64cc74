import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { decodeNpy, decodeSafetensors } from "@hyperface/formats";
import { createInferencePool, type Floats } from "@hyperface/inference";
import { testDevice, whyMissing } from "@hyperface/inference/test-device";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { sampleLatent } from "../../noise.ts";
import { drawPortraits, type Portrait } from "./arc2face.ts";
import { latentDimension } from "./manifest.ts";
import { decodeLatents, encodeFaces, type Networks, rowOf } from "./networks.ts";
import { sampleLatents } from "./sample.ts";
import { completeSampling, createScheduler } from "./sampling.ts";

// fixtures/arc2face/make_pipeline.py runs diffusers' own pipeline on the same toy weights.
const fixtures = new URL("../../../fixtures/arc2face/", import.meta.url);
const { tensors } = decodeSafetensors(await readFile(new URL("pipeline.safetensors", fixtures)));
const golden = (name: string): Floats => {
  const { data, shape } = tensors[name] as { data: Float32Array; shape: number[] };
  return { data, dims: shape };
};
const firstRows = ({ data, dims: [count = 1, ...rest] }: Floats, rows: number): Floats => ({
  data: data.subarray(0, (data.length / count) * rows),
  dims: [rows, ...rest],
});
const largestDifference = (a: Float32Array, b: Float32Array) => {
  expect(a.length).toBe(b.length);
  return a.reduce((most, x, k) => Math.max(most, Math.abs(x - (b[k] as number))), 0);
};

const missing = await whyMissing(testDevice);
beforeEach(({ skip }) => skip(missing !== undefined, missing));
const pool = createInferencePool({ threads: 1, device: testDevice });
afterAll(() => pool.close());
const folder = new URL("models/arc2face/", fixtures);
const load = (name: string) =>
  pool.createSession(fileURLToPath(new URL(name, folder)), { intraOpNumThreads: 1 });
const empty = decodeNpy(await readFile(new URL("unconditional.npy", folder)));
const networks: Networks = {
  encoder: await load("encoder.onnx"),
  unet: await load("unet.onnx"),
  fewStepUnet: await load("few-step-unet.onnx"),
  decoder: await load("decoder.onnx"),
  unconditional: { data: empty.data as Float32Array, dims: empty.shape },
};

test("the encoder has the states of transformers' text model with a face for a word", async () => {
  const states = await encodeFaces(networks.encoder, golden("face"));
  expect(states.dims).toEqual([3, 77, 32]);
  expect(largestDifference(states.data, golden("states").data)).toBeLessThan(1e-5);
  const { data } = networks.unconditional;
  expect(largestDifference(data, golden("unconditional").data)).toBeLessThan(1e-5);
});

describe.each(Object.keys(tensors).filter((name) => name.includes("steps=")))("%s", (name) => {
  const [sampler = "", ...options] = name.split(" ");
  const values = options.map((option) => Number(option.split("=")[1]));
  const [steps = 0, guidance = 0, batch = 0] = values;
  const fewStep = sampler === "few";
  const finalSigma = sampler === "sigma_min" ? "sigma_min" : "zero";

  test("every step has the latents of diffusers' pipeline, within 1e-3", async () => {
    const expected = golden(name);
    const differences: number[] = [];
    const sampling = completeSampling({ fewStep, steps, guidance }, 64);
    const latents = await sampleLatents(
      fewStep ? (networks.fewStepUnet ?? networks.unet) : networks.unet,
      {
        scheduler: createScheduler(sampling, finalSigma),
        guidance,
        states: firstRows(golden("states"), batch),
        unconditional: networks.unconditional,
        start: firstRows(golden("start"), batch),
        noise: (i) => firstRows(rest(rowOf(golden("noise"), i)), batch).data,
        onStep: (step, found) => {
          if (step === 0) return;
          differences.push(largestDifference(found, rowOf(expected, step - 1).data));
        },
      },
    );
    expect(differences).toHaveLength(steps);
    expect(Math.max(...differences)).toBeLessThan(1e-3);
    if (name !== "zero steps=6 guidance=3 batch=3") return;
    const image = await decodeLatents(networks.decoder, rowOf(latents, 2));
    expect(largestDifference(image.data, golden("image").data)).toBeLessThan(1e-3);
  });
});

/** Without the first axis, of length 1. */
function rest({ data, dims }: Floats): Floats {
  return { data, dims: dims.slice(1) };
}

describe("a portrait", () => {
  const portrait = (over: Partial<Portrait> = {}, side = 64): Portrait => {
    const { key = { seed: 1, identity: 0, sample: 0 }, draw = 0 } = over;
    const z = sampleLatent(key, latentDimension(side), draw);
    return { embedding: rowOf(golden("face"), 0).data, z, key, draw, ...over };
  };
  const draw = (portraits: Portrait[], options = {}) =>
    drawPortraits(networks, portraits, {
      sampling: completeSampling({ steps: 3, ...options }, 64),
    });
  const different = (a: Uint8Array | undefined, b: Uint8Array | undefined) =>
    a?.some((value, k) => Math.abs(value - (b?.[k] ?? 0)) > 8);

  test.each([{}, { fewStep: true }])("is the same alone and in a batch: %o", async (options) => {
    const key = { seed: 1, identity: 7, sample: 3 };
    const embedding = rowOf(golden("face"), 1).data;
    const [alone] = await draw([portrait({ key })], options);
    const [, together] = await draw([portrait({ embedding }), portrait({ key })], options);
    // A batch's size may change the order of sums.
    const most = alone?.data.reduce(
      (m, v, k) => Math.max(m, Math.abs(v - (together?.data[k] ?? 0))),
      0,
    );
    expect(most).toBeLessThanOrEqual(1);
  });

  test("changes with its identity, its sample, its seed and its draw", async () => {
    const pictures = await draw([
      portrait(),
      portrait({ embedding: rowOf(golden("face"), 1).data }),
      portrait({ key: { seed: 1, identity: 0, sample: 1 } }),
      portrait({ key: { seed: 2, identity: 0, sample: 0 } }),
      portrait({ draw: 1 }),
    ]);
    for (const other of pictures.slice(1))
      expect(different(other.data, pictures[0]?.data)).toBe(true);
  });

  test("has the side asked for", async () => {
    const [picture] = await draw([portrait({}, 128)], { drawSize: 128 });
    expect(picture?.size).toBe(128);
    expect(picture?.data).toHaveLength(128 * 128 * 3);
  });

  test("tells every step, and ends between two where that throws", async () => {
    const told: string[] = [];
    const sampling = completeSampling({ steps: 4 }, 64);
    const onStep = (step: number, steps: number) => {
      told.push(`${step} of ${steps}`);
      if (told.length === 3) throw new Error("left");
    };
    const drawing = drawPortraits(networks, [portrait()], { sampling, onStep });
    await expect(drawing).rejects.toThrow("left");
    expect(told).toEqual(["0 of 4", "1 of 4", "2 of 4"]);
  });
});
