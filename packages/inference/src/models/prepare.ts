import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { encodeModel } from "../onnx/model.ts";
import { MODELS, type ModelManifest, type ModelName, quicken } from "./manifests.ts";

export interface PreparedModel {
  bytes: Uint8Array;
  sha256: string;
  /** Whether it had to be made, or was in the cache. */
  made: boolean;
}

/**
 * A model, prepared once into `<home>/models` and checked by sha256 at each load; a file in the cache
 * that is not what it should be is made again.
 * @throws Error where the npm package's file, or what came of it, is not the one the manifest names
 */
export async function prepareModel(name: ModelName, home: string): Promise<PreparedModel> {
  const manifest: ModelManifest = MODELS[name];
  const path = join(home, "models", `${name}.onnx`);
  const cached = await readFile(path).catch(() => undefined);
  if (cached && sha256(cached) === manifest.prepared) {
    return { bytes: cached, sha256: manifest.prepared, made: false };
  }
  const source = await readShipped(name);
  const plain = manifest.convert(source);
  check(`the plain graph of ${manifest.file}`, sha256(encodeModel(plain)), manifest.sha256);
  const bytes = encodeModel(quicken(plain));
  check(`what was prepared of ${manifest.file}`, sha256(bytes), manifest.prepared);

  await mkdir(dirname(path), { recursive: true });
  const temporary = join(dirname(path), `.${randomUUID()}`);
  await writeFile(temporary, bytes);
  await rename(temporary, path);
  return { bytes, sha256: manifest.prepared, made: true };
}

/**
 * A model's file as its npm package has it.
 * @throws Error where it is not the one the manifest names
 */
export async function readShipped(name: ModelName): Promise<Uint8Array> {
  const manifest: ModelManifest = MODELS[name];
  const source = await readFile(await sourcePath(manifest));
  check(`${manifest.package}/${manifest.file}`, sha256(source), manifest.source);
  return source;
}

const require = createRequire(import.meta.url);

/** A package's file, also where its `exports` would hide it. */
async function sourcePath({ package: name, file }: ModelManifest): Promise<string> {
  const folders = require.resolve.paths(name) ?? [];
  for (const folder of folders) {
    const path = join(folder, name, file);
    if (
      await readFile(join(folder, name, "package.json")).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  throw new Error(`npm package ${name} is not installed: run npm ci`);
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

function check(what: string, found: string, expected: string): void {
  if (found !== expected) throw new Error(`${what} has sha256 ${found}, not ${expected}`);
}
