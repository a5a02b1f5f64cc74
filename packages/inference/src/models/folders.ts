import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { Sha256 } from "@hyperface/contracts";
import { z } from "zod";

const FileEntry = z.object({
  path: z.string().regex(/^[\w-][\w.-]*$/),
  sha256: Sha256,
  bytes: z.int(),
});

/** A model's file in its manifest, with the weights beside a graph of more than 2 GB. */
export const ModelFile = FileEntry.extend({ data: FileEntry.optional() });
export type ModelFile = z.infer<typeof ModelFile>;

/** The files that an entry of a manifest is: one with weights beside it is two. */
const filesIn = ({ data, ...file }: ModelFile) => (data ? [file, data] : [file]);

/** What is told of a model's files, and what they need at least, loaded. */
export function describeFiles(entries: readonly ModelFile[]) {
  const files = entries.flatMap(filesIn);
  return { files, memoryBytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** A folder with a manifest.json that says what it holds. */
export interface ModelFolder {
  folder: string;
  manifest: Record<string, unknown>;
}

/**
 * The models in a folder of folders, as they are now. What is no manifest is told to `warn` and passed over.
 * @param directory none where it is undefined
 */
export async function findModelFolders(
  directory: string | undefined,
  warn: (message: string) => void,
): Promise<ModelFolder[]> {
  if (directory === undefined) return [];
  const entries = await readdir(directory, { withFileTypes: true }).catch((error: Error) => {
    warn(`MODELS_DIR cannot be read: ${error.message}`);
    return [];
  });
  const found: ModelFolder[] = [];
  // An export that is under way has a dot before its name.
  for (const { name } of entries.filter((entry) => !entry.name.startsWith("."))) {
    const folder = join(directory, name);
    try {
      const manifest = JSON.parse(await readFile(join(folder, "manifest.json"), "utf8"));
      found.push({ folder, manifest });
    } catch (error) {
      warn(`${folder} has no manifest that can be read: ${(error as Error).message}`);
    }
  }
  return found;
}

/**
 * The path of a model's file, checked before anything loads it.
 * @throws Error with both hashes where it, or its weights beside it, is not the manifest's
 */
export async function checkedPath(folder: string, entry: ModelFile): Promise<string> {
  for (const { path, sha256 } of filesIn(entry)) {
    const hash = createHash("sha256");
    await pipeline(createReadStream(join(folder, path)), hash);
    const found = hash.digest("hex");
    if (found !== sha256) {
      throw new Error(`${join(folder, path)} has sha256 ${found}, its manifest says ${sha256}`);
    }
  }
  return join(folder, entry.path);
}
