import { readFile, writeFile } from "node:fs/promises";
import { encodeNpy } from "@hyperface/formats";
import type { Command } from "commander";
import { withSession } from "../session.ts";

/** Files of one request. */
const BATCH = 16;

interface Options {
  model: string;
  aligned?: boolean;
  out?: string;
}

export function addEmbed(program: Command): void {
  program
    .command("embed")
    .description("embeddings of the largest face in each image")
    .argument("<files...>", "JPEG, PNG or WebP")
    .option("--model <name>", "an embedder that GET /v1/models lists", "mobilefacenet-512")
    .option("--aligned", "the images are aligned faces already: nothing is detected")
    .option("--out <file>", "write the embeddings as .npy, a row for each image with a face")
    .action((files: string[], { model, aligned, out }: Options, command: Command) =>
      withSession(command, async ({ hyperface, progress, answer }) => {
        const bar = progress.start("embed", files.length);
        const found: { file: string; score: number | null; embedding: number[] | null }[] = [];
        for (let from = 0; from < files.length; from += BATCH) {
          const some = files.slice(from, from + BATCH);
          const bytes = await Promise.all(some.map((file) => readFile(file)));
          const query = { model, faces: "largest", allowMissing: true } as const;
          const { images } = await hyperface.embeddings.create(bytes, {
            ...query,
            ...(aligned ? { aligned } : {}),
          });
          for (const [k, { faces }] of images.entries()) {
            const { detection = null, embedding = null } = faces[0] ?? {};
            found.push({ file: some[k] as string, score: detection?.score ?? null, embedding });
          }
          bar.update(found.length);
        }
        const rows = found.flatMap(({ embedding }) => (embedding ? [embedding] : []));
        if (out && rows.length > 0) {
          const shape = [rows.length, (rows[0] as number[]).length];
          await writeFile(out, encodeNpy({ data: Float32Array.from(rows.flat()), shape }));
        }
        const lines = found.map(({ file, score, embedding }) =>
          embedding
            ? `${file}  face${score === null ? "" : ` ${score.toFixed(3)}`}`
            : `${file}  no face`,
        );
        answer({ model, images: found }, lines);
      }),
    );
}
