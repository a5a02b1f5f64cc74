import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { getRequestListener } from "@hono/node-server";
import type { GenerateImagesResponse } from "@hyperface/contracts";
import { decodeSafetensors } from "@hyperface/formats";
import { createLogger, readEnvironment } from "@hyperface/service-kit";
import sharp from "sharp";
import request from "supertest";
import { afterAll, describe, expect, test } from "vitest";
import { createGenerateService, Environment } from "./index.ts";
import { exchange } from "./test-messages.ts";

// The toy models of fixtures/arc2face/make_pipeline.py, in the shape of the real ones.
const fixtures = fileURLToPath(new URL("../fixtures/arc2face/", import.meta.url));
const golden = decodeSafetensors(await readFile(join(fixtures, "pipeline.safetensors")));
const faces = golden.tensors.face?.data as Float32Array;
const face = faces.subarray(0, 24);
const directory = await mkdtemp(join(tmpdir(), "models-"));
const install = (name: string) =>
  cp(join(fixtures, "models", name), join(directory, name), { recursive: true });

const service = createGenerateService({
  environment: readEnvironment(Environment, {
    MODELS_DIR: directory,
    MODEL_IDLE_SECONDS: "1",
    HYPERFACE_HOME: join(tmpdir(), "hyperface-test"),
  }),
  logger: createLogger("test", "silent"),
});
afterAll(async () => {
  await service.close();
  await rm(directory, { recursive: true });
});
const server = getRequestListener(service.app.fetch);
const item = (over: object = {}) => ({
  embedding: face,
  identity: 0,
  sample: 0,
  steps: 2,
  ...over,
});
const post = (items: object[], rest: object = {}) =>
  exchange(service.app, "/v1/images", { generator: "arc2face", items, ...rest });
const listed = async () => {
  const { body } = await request(server).get("/v1/models").expect(200);
  return body.data.find(({ name }: { name: string }) => name === "arc2face");
};
const dataOf = ({ body }: { body: GenerateImagesResponse }) =>
  body.images.map(({ data }) => Buffer.from(data));

test("a model is there when its folder is, loaded when asked for, and put away when idle", async () => {
  expect(await listed()).toBeUndefined();
  expect((await post([item()])).body.type).toBe("urn:hyperface:problem:unknown-model");
  await install("arc2face-arcface");
  await install("arc2face");
  expect(await listed()).toMatchObject({ state: "unloaded", arithmetic: null, size: 64 });
  expect((await post([item()])).status).toBe(200);
  const found = await listed();
  expect(found.state).toBe("ready");
  expect(found.arithmetic).toContain("onnxruntime");
  expect(found.memoryBytes).toBeGreaterThan(100_000);
  expect(found.embedder.name).toBe("arc2face-arcface");
  await setTimeout(1500);
  expect((await listed()).state).toBe("unloaded");
  await request(server).get("/v1/models/arc2face").expect(200);
  expect((await listed()).state).toBe("ready");
});

describe("an image", () => {
  test("is sampled as its item says, and says so", async () => {
    const asked = [
      [item(), { steps: 2, guidance: 3, fewStep: false, drawSize: 64 }],
      [item({ guidance: 1 }), { steps: 2, guidance: 1, fewStep: false, drawSize: 64 }],
      [item({ fewStep: true }), { steps: 2, guidance: 1, fewStep: true, drawSize: 64 }],
      [item({ drawSize: 128 }), { steps: 2, guidance: 3, fewStep: false, drawSize: 128 }],
    ] as const;
    const answer = await post(asked.map(([one]) => one));
    expect(new Set(dataOf(answer).map(String)).size).toBe(asked.length);
    for (const [i, [, sampling]] of asked.entries()) {
      expect(answer.body.images[i].provenance).toMatchObject({
        sampling,
        ground: "none",
        draws: 1,
      });
    }
    const { width } = await sharp(dataOf(answer)[3]).metadata();
    expect(width).toBe(64);
  });

  test("is the same alone and in a batch, again and again", async () => {
    const raw = (data: Buffer | undefined) => sharp(data).raw().toBuffer();
    const [alone] = dataOf(await post([item({ sample: 5 })]));
    const [, together] = dataOf(await post([item(), item({ sample: 5 }), item({ sample: 6 })]));
    const [a, b] = [await raw(alone), await raw(together)];
    // A batch's size may change the order of sums.
    expect(Math.max(...a.map((value, k) => Math.abs(value - (b[k] as number))))).toBeLessThan(2);
    const [again] = dataOf(await post([item({ sample: 5 })]));
    expect(again).toEqual(alone);
  });
});

describe("is refused", () => {
  test.each([
    [
      "an embedding of another length",
      [item({ embedding: Float32Array.of(1, 0) })],
      {},
      "dimension-mismatch",
    ],
    [
      "an embedding of another model",
      [item()],
      { embedder: { name: "mobilefacenet-512", sha256: "0".repeat(64) } },
      "model-mismatch",
    ],
    ["a ground", [item({ ground: "studio" })], {}, "unsupported-condition"],
    ["a fixed place of the face", [item()], { crop: "face" }, "invalid-request"],
    ["more few steps than there are", [item({ fewStep: true, steps: 51 })], {}, "invalid-request"],
    ["a size off the grid", [item({ drawSize: 100 })], {}, "invalid-request"],
    ["a step of a generator of one pass", [item()], { generator: "default" }, "invalid-request"],
  ])("%s", async (_, items, rest, code) => {
    const { body } = await post(items, rest);
    expect(body.type).toBe(`urn:hyperface:problem:${code}`);
  });

  test("an identity of a model without a prior", async () => {
    const asked = { generator: "arc2face", count: 1 };
    const { body } = await exchange(service.app, "/v1/identities", asked);
    expect(body.detail).toContain("has no prior");
  });
});

test("a file that is not the manifest's is not loaded; a manifest that is none hides no other model", async () => {
  await cp(join(directory, "arc2face"), join(directory, "damaged"), { recursive: true });
  const path = join(directory, "damaged/manifest.json");
  const manifest = JSON.parse(await readFile(path, "utf8"));
  await writeFile(path, JSON.stringify({ ...manifest, name: "damaged" }));
  await writeFile(join(directory, "damaged/unet.onnx"), "not a graph");
  expect((await post([item()], { generator: "damaged" })).status).toBe(500);
  await writeFile(path, "{");
  expect((await post([item()])).status).toBe(200);
  expect((await listed()).name).toBe("arc2face");
});
