import { writeFile } from "node:fs/promises";
import { extname } from "node:path";
import type { CreateSweepRequest, SweepEstimate } from "@hyperface/sdk";
import type { Command } from "commander";
import { addDatasetConditions, conditionsOf, type DatasetConditions } from "../conditions.ts";
import { again, follow, type Session, withSession } from "../session.ts";
import { decimal, each, oneOf, someOf, UsageError, whole } from "../usage.ts";

const OPTIMISERS = ["adam", "adamw", "rmsprop"] as const;
const EXTENSIONS = [".csv", ".json", ".md"] as const;

type Grid = CreateSweepRequest["grid"];

interface Options extends DatasetConditions {
  identities: number[];
  alpha: number[];
  beta: number[];
  images: number[];
  gallery: NonNullable<Grid["gallery"]>;
  batch?: NonNullable<Grid["batch"]>;
  optimizer?: (typeof OPTIMISERS)[number][];
  method: "fast" | "paper";
  iterations?: number;
  seed: number;
  generator: string;
  align: "none" | "frame" | "detect";
  out?: string;
  dryRun?: boolean;
}

export function addSweep(program: Command): void {
  const command = program
    .command("sweep")
    .description(
      "packings and datasets over a grid, in one table; lists are separated by commas. Run again, it goes on where it stood",
    )
    .requiredOption("--identities <ns>", "identities packed", each(whole(2)))
    .option("--alpha <xs>", "weights of the gallery", each(decimal), [0.5])
    .option("--beta <xs>", "noises of Eq. 3", each(decimal), [0.005])
    .option("--images <ns>", "images of each identity", each(whole(1)), [64])
    .option("--gallery <list>", "faces to draw, ids of sets, or none", each(galleryOf), [
      { count: 512 },
    ])
    .option("--batch <list>", "points a step, or full", each(batchOf))
    .option("--optimizer <names>", OPTIMISERS.join(", "), someOf(OPTIMISERS))
    .option("--method <name>", "fast or paper", oneOf(["fast", "paper"] as const), "fast")
    .option("--iterations <n>", "steps of each packing", whole(0))
    .option("--seed <n>", "seed of everything", whole(0), 0)
    .option("--generator <name>", "generator", "default");
  addDatasetConditions(command)
    .option("--align <how>", "none, frame, detect", oneOf(["none", "frame", "detect"]), "detect")
    .option("--out <file>", `write the table there: ${EXTENSIONS.join(", ")}`, tableFile)
    .option("--dry-run", "say what it would take")
    .action((options: Options) => withSession(command, (session) => runSweep(session, options)));
}

const galleryOf = (text: string): NonNullable<Grid["gallery"]>[number] =>
  /^\d+$/.test(text) ? { count: whole(1)(text) } : text;

const batchOf = (text: string) => (text === "full" ? text : whole(2)(text));

function tableFile(path: string): string {
  if (EXTENSIONS.some((extension) => extension === extname(path))) return path;
  throw new UsageError(`${path}: a table is written as ${EXTENSIONS.join(", ")}`);
}

async function runSweep(session: Session, options: Options): Promise<void> {
  const { sweeps } = session.hyperface;
  const request = requestOf(options);
  if (options.dryRun) {
    const estimate = await sweeps.estimate(request);
    session.answer(estimate, describeEstimate(estimate));
    return;
  }
  const { id, jobId } = await sweeps.create(request, again("sweep", request));
  await follow(session, jobId, "cells");
  if (options.out) await writeFile(options.out, await readTable(session, id, extname(options.out)));
  session.answer(await sweeps.table(id), [await sweeps.tableMarkdown(id)]);
}

async function readTable({ hyperface: { sweeps } }: Session, id: string, extension: string) {
  if (extension === ".csv") return sweeps.tableCsv(id);
  if (extension === ".md") return sweeps.tableMarkdown(id);
  return `${JSON.stringify(await sweeps.table(id), null, 2)}\n`;
}

function requestOf(options: Options): CreateSweepRequest {
  const { identities, alpha, beta, images, gallery, batch, optimizer } = options;
  const { method, iterations, seed, generator, align } = options;
  return {
    grid: {
      ...{ identities, alpha, beta, gallery, imagesPerIdentity: images },
      ...(batch ? { batch } : {}),
      ...(optimizer ? { optimizer } : {}),
    },
    packing: { method, seed, ...(iterations === undefined ? {} : { iterations }) },
    dataset: { seed, generator, align, ...conditionsOf(options) },
  };
}

const describeEstimate = ({ seconds, ...estimate }: SweepEstimate) => [
  `${estimate.cells} cells: ${estimate.galleries} galleries drawn, ${estimate.packings} packings, ${estimate.images} images, ${(estimate.storedBytes / 1e6).toFixed(1)} MB stored`,
  `about ${Math.ceil(seconds.galleries + seconds.packings + seconds.datasets)} s: galleries ${Math.ceil(seconds.galleries)}, packings ${Math.ceil(seconds.packings)}, datasets ${Math.ceil(seconds.datasets)} at ${estimate.imagesPerSecond.toFixed(1)} images a second`,
];
