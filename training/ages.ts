// node --import tsx training/ages.ts DATA: how old the faces of crops.npy look, as ages.tsv beside it: file, years.
import "@tensorflow/tfjs-backend-wasm";
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import type * as FaceApi from "@vladmandic/face-api";

const BATCH = 32;
const [folder] = process.argv.slice(2);
if (!folder) throw new Error("usage: node --import tsx training/ages.ts DATA");
const require = createRequire(import.meta.url);
if (!(await tf.setBackend("wasm"))) throw new Error("the network needs tfjs-backend-wasm");
const faceapi = require("@vladmandic/face-api/dist/face-api.node-wasm.js") as typeof FaceApi;
const models = join(dirname(require.resolve("@vladmandic/face-api/package.json")), "model");
const { ageGenderNet: net } = faceapi.nets;
await net.loadFromDisk(models);

const names = (await readFile(join(folder, "files.tsv"), "utf8")).trimEnd().split("\n");
const bytes = await readFile(join(folder, "crops.npy"));
const [, side] = /'shape': \(\d+, (\d+), \d+, 3\)/.exec(bytes.toString("latin1", 0, 256)) ?? [];
const size = Number(side);
const image = 3 * size * size;
// What stands before the values is the header.
const first = bytes.length - names.length * image;
const ages: string[] = [];
for (let i = 0; i < names.length; i += BATCH) {
  const n = Math.min(BATCH, names.length - i);
  const at = first + i * image;
  const batch = tf.tensor4d(bytes.subarray(at, at + n * image), [n, size, size, 3]);
  const faces = tf.unstack(batch);
  const found = await net.predictAgeAndGender(faces as never);
  tf.dispose([batch, faces]);
  for (const [k, { age }] of [found].flat().entries()) {
    ages.push(`${names[i + k]?.split("\t")[0]}\t${age.toFixed(1)}\n`);
  }
}
await writeFile(join(folder, "ages.tsv"), ages.join(""));
