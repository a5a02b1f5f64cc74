import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { getRequestListener } from "@hono/node-server";
import { encodeModel } from "@hyperface/inference";
import { createLogger, readEnvironment } from "@hyperface/service-kit";
import sharp from "sharp";
import request from "supertest";
import { afterAll, expect, test } from "vitest";
import { createEmbedService, Environment } from "../index.ts";

/** An embedder whose embedding is the mean of each channel, as the network is given it. */
const means = encodeModel({
  name: "means",
  opset: 13,
  nodes: [
    { op: "GlobalAveragePool", inputs: ["face"], outputs: ["pooled"] },
    { op: "Flatten", inputs: ["pooled"], outputs: ["embedding"] },
  ],
  initializers: {},
  inputs: [{ name: "face", type: "float32", dims: ["N", 3, 112, 112] }],
  outputs: [{ name: "embedding", type: "float32", dims: ["N", 3] }],
});
const sha256 = createHash("sha256").update(means).digest("hex");
const MANIFEST = {
  ...{ kind: "embedder", name: "means", licence: "none", source: "this test" },
  file: { path: "means.onnx", sha256, bytes: means.length },
  ...{ dimension: 3, channels: "rgb", mean: 127.5, scale: 127.5 },
};

const modelsDir = await mkdtemp(join(tmpdir(), "models-"));
async function install(folder: string, manifest: object, graph: Uint8Array = means) {
  await mkdir(join(modelsDir, folder));
  await writeFile(join(modelsDir, folder, "means.onnx"), graph);
  await writeFile(join(modelsDir, folder, "manifest.json"), JSON.stringify(manifest));
}
const environment = readEnvironment(Environment, {
  HYPERFACE_HOME: join(tmpdir(), "hyperface-test"),
  MODELS_DIR: modelsDir,
  MODEL_IDLE_SECONDS: "1",
});
const { app, close } = createEmbedService({ environment, logger: createLogger("test", "silent") });
afterAll(async () => {
  await close();
  await rm(modelsDir, { recursive: true });
});
const server = getRequestListener(app.fetch);
const [r, g, b] = [250, 100, 20];
const colour = await sharp({
  create: { width: 112, height: 112, channels: 3, background: { r, g, b } },
})
  .png()
  .toBuffer();
const embed = (model: string) =>
  request(server)
    .post(`/v1/embeddings?aligned=true&model=${model}`)
    .set("content-type", "image/png")
    .send(colour);
const listed = async (name: string) => {
  const { body } = await request(server).get("/v1/models").expect(200);
  return body.data.find((model: { name: string }) => model.name === name);
};

test("a model is there when its folder is, takes faces as its manifest says, and is put away when idle", async () => {
  expect((await embed("means")).body.type).toBe("urn:hyperface:problem:unknown-model");
  await install("means", MANIFEST);
  await install("bgr", { ...MANIFEST, name: "bgr", channels: "bgr", mean: 0, scale: 255 });
  expect(await listed("means")).toMatchObject({ state: "unloaded", arithmetic: null, sha256 });
  const { body } = await embed("means").expect(200);
  expect(body).toMatchObject({ model: { name: "means", sha256 }, dimension: 3 });
  const unit = (values: number[]) => values.map((value) => value / Math.hypot(...values));
  const expected = unit([r, g, b].map((value) => (value - 127.5) / 127.5));
  for (const [k, value] of body.images[0].faces[0].embedding.entries()) {
    expect(value).toBeCloseTo(expected[k] as number, 4);
  }
  const other = await embed("bgr").expect(200);
  for (const [k, value] of other.body.images[0].faces[0].embedding.entries()) {
    expect(value).toBeCloseTo(unit([b, g, r])[k] as number, 4);
  }
  expect(await listed("means")).toMatchObject({ state: "ready", memoryBytes: means.length });
  expect((await listed("means")).arithmetic).toContain("onnxruntime");
  await setTimeout(1500);
  expect(await listed("means")).toMatchObject({ state: "unloaded" });
  await embed("means").expect(200);
});

test.each([
  ["whose file is another", { name: "damaged" }, new Uint8Array([...means, 0])],
  ["that does not give what its manifest says", { name: "longer", dimension: 4 }, means],
])("a model %s is not used, and hides no other", async (_, over, graph) => {
  await install(over.name, { ...MANIFEST, ...over }, graph);
  await embed(over.name).expect(500);
  expect(await listed(over.name)).toMatchObject({ state: "failed" });
  await embed("means").expect(200);
});

test("a manifest that is none, and one of a name that is taken, hide no other model", async () => {
  await install("unfinished", { kind: "embedder", name: "unfinished" });
  await install("again", { ...MANIFEST, name: "mobilefacenet-512" });
  expect(await listed("unfinished")).toBeUndefined();
  expect(await listed("mobilefacenet-512")).toMatchObject({ dimension: 512 });
  await embed("means").expect(200);
});
