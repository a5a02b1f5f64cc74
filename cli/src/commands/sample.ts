import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import { addConditions, type Conditions, conditionsOf } from "../conditions.ts";
import { withSession } from "../session.ts";
import { decimal, oneOf, range, whole } from "../usage.ts";

const FORMATS = ["png", "webp", "jpeg"] as const;

interface Options extends Conditions {
  identities: { from: number; to: number };
  images: number;
  beta: number;
  seed: number;
  format: (typeof FORMATS)[number];
  out: string;
}

export function addSample(program: Command): void {
  const command = program
    .command("sample")
    .description("images of a packing's identities, as files")
    .argument("<packing>", "its id")
    .option("--identities <a-b>", "which", range, { from: 0, to: 8 })
    .option("--images <n>", "of each identity", whole(1), 4)
    .option("--beta <x>", "noise of Eq. 3", decimal, 0.005)
    .option("--seed <n>", "seed", whole(0), 0);
  addConditions(command)
    .option("--format <name>", FORMATS.join(", "), oneOf(FORMATS), "png")
    .option("--out <dir>", "folder", "samples")
    .action((packing: string, options: Options) =>
      withSession(command, async ({ hyperface, progress, answer }) => {
        const { identities, images: count, beta, seed, format, out } = options;
        await mkdir(out, { recursive: true });
        const files: string[] = [];
        const bar = progress.start("images", (identities.to - identities.from) * count);
        for (let identity = identities.from; identity < identities.to; identity++) {
          const made = await hyperface.images.create(packing, identity, {
            count,
            beta,
            seed,
            format,
            ...conditionsOf(options),
          });
          for (const [sample, { bytes }] of made.entries()) {
            const file = join(out, `${identity}-${sample}.${format}`);
            await writeFile(file, bytes);
            files.push(file);
          }
          bar.update(files.length);
        }
        answer({ packing, files }, [`${files.length} images in ${out}`]);
      }),
    );
}
