import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createInferencePool } from "@hyperface/inference";
import { afterAll, beforeAll, expect, test } from "vitest";
import { GeneratorManifest } from "./manifest.ts";
import { loadOnnxGenerator } from "./onnx.ts";

const model = fileURLToPath(new URL("../../models/default", import.meta.url));
const pool = createInferencePool({ threads: 1 });
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "generator-"));
});
afterAll(async () => {
  await pool.close();
  await rm(folder, { recursive: true });
});

test.each(["generator", "prior"] as const)(
  "one changed bit of the %s's file is refused with what was found and what should be",
  async (file) => {
    const copy = join(folder, file);
    await cp(model, copy, { recursive: true });
    const json = JSON.parse(await readFile(join(copy, "manifest.json"), "utf8"));
    const manifest = GeneratorManifest.parse(json);
    expect(await loadOnnxGenerator(copy, manifest, pool)).toMatchObject({
      description: { size: 128 },
    });
    const { files } = manifest;
    const path = join(copy, files[file].path);
    const bytes = await readFile(path);
    // Within the weights: the graph would load all the same.
    const middle = bytes.length >> 1;
    bytes[middle] = (bytes[middle] as number) ^ 1;
    await writeFile(path, bytes);
    await expect(loadOnnxGenerator(copy, manifest, pool)).rejects.toThrow(
      new RegExp(`${files[file].path} has sha256 (?!${files[file].sha256}).*${files[file].sha256}`),
    );
  },
);
