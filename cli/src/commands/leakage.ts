import { writeFile } from "node:fs/promises";
import type { LeakageCheck } from "@hyperface/sdk";
import type { Command } from "commander";
import { follow, withSession } from "../session.ts";
import { decimal, whole } from "../usage.ts";

interface Options {
  reference: string;
  top: number;
  falseAcceptRate: number;
  exclude: number;
  report?: string;
  manifest?: string;
}

export function addLeakage(program: Command): void {
  program
    .command("leakage")
    .description("compare a dataset's images, or a set, with all of what they may not resemble")
    .argument("<set>", "id of a dataset, gallery or packing")
    .requiredOption("--reference <id>", "a set, e.g. a gallery of photographs of real people")
    .option("--top <n>", "nearest pairs of the report", whole(1), 200)
    .option("--false-accept-rate <x>", "of the reference set's own pairs", decimal, 1e-4)
    .option("--exclude <n>", "leave out the images in so many of the nearest pairs", whole(0), 0)
    .option("--report <file>", "write the report there")
    .option("--manifest <file>", "write the manifest without what is left out there")
    .action((set: string, options: Options, command: Command) =>
      withSession(command, async (session) => {
        const { leakageChecks } = session.hyperface;
        const { reference, top: topK, falseAcceptRate, exclude } = options;
        const spec = { set, reference, topK, falseAcceptRate, exclude };
        const { id, jobId } = await leakageChecks.create(spec);
        await follow(session, jobId, "leakage");
        const check = await leakageChecks.get(id);
        if (options.report) {
          const report = await leakageChecks.report(id);
          await writeFile(options.report, `${JSON.stringify(report, null, 2)}\n`);
        }
        if (options.manifest) await writeFile(options.manifest, await leakageChecks.manifest(id));
        session.answer(check, describe(check));
      }),
    );
}

function describe({ id, figures }: LeakageCheck): string[] {
  if (!figures) return [id];
  const { count, referenceCount, threshold, vectorsAbove, largestCosine, excluded } = figures;
  return [
    `${id}  ${count} x ${referenceCount} pairs, largest cosine ${largestCosine.toFixed(4)}`,
    threshold === null
      ? "the reference set has no two vectors: no threshold"
      : `${vectorsAbove} of ${count} reach the threshold ${threshold.toFixed(4)}`,
    ...(excluded > 0 ? [`${excluded} images are left out of the manifest`] : []),
    figures.isSigned ? "the report is signed" : "the report is not signed: SIGNING_KEY is not set",
  ];
}
