import { readFile } from "node:fs/promises";
import { decodeNpy } from "@hyperface/formats";
import type { Command } from "commander";
import { follow, withSession } from "../session.ts";
import { UsageError, whole } from "../usage.ts";

interface Options {
  count: number;
  seed: number;
  generator: string;
  upload?: string;
}

export function addGallery(program: Command): void {
  program
    .command("gallery")
    .description("a gallery of faces of nobody, or of a .npy file's embeddings")
    .option("--count <n>", "faces", whole(1), 512)
    .option("--seed <n>", "seed", whole(0), 0)
    .option("--generator <name>", "generator", "default")
    .option("--upload <file>", "embeddings, .npy float32 [n, d], in place of the generator's")
    .action(({ upload, count, seed, generator }: Options, command: Command) =>
      withSession(command, async (session) => {
        const { galleries } = session.hyperface;
        const made = upload
          ? await galleries.create({ source: "upload", embeddings: await readRows(upload) })
          : await galleries.create({ source: "generator", count, seed, generator });
        if (made.jobId) await follow(session, made.jobId, "gallery");
        const gallery = await galleries.get(made.id);
        session.answer(gallery, [`${gallery.id}  ${gallery.count} faces`]);
      }),
    );
}

async function readRows(file: string): Promise<number[][]> {
  const { data, shape } = decodeNpy(await readFile(file));
  const [rows = 0, dimension = 0] = shape;
  if (shape.length !== 2)
    throw new UsageError(`${file} has shape (${shape.join(", ")}), not (n, d)`);
  return Array.from({ length: rows }, (_, k) =>
    Array.from(data.subarray(k * dimension, (k + 1) * dimension), Number),
  );
}
