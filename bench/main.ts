import { writeFile } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { benchArc2Face } from "./arc2face.ts";
import { benchAxes } from "./axes.ts";
import { benchBatching } from "./batching.ts";
import { benchDataset } from "./dataset.ts";
import { benchEmbed } from "./embed.ts";
import { benchFaults } from "./faults.ts";
import { benchGenerate } from "./generate.ts";
import { benchGpu } from "./gpu.ts";
import { benchHostile } from "./hostile.ts";
import { benchIdentity } from "./identity.ts";
import { benchLeakage } from "./leakage.ts";
import { benchLoad } from "./load.ts";
import type { BenchmarkOptions } from "./options.ts";
import { benchPacking } from "./packing.ts";
import { benchQuality } from "./quality.ts";
import { benchSlices } from "./slices.ts";
import { benchTurned } from "./turned.ts";
import { benchUtility } from "./utility.ts";
import { benchVerification } from "./verification.ts";

/** A benchmark: what it measured, printed as one JSON line; or why it could not be run here. */
export type Benchmark = (options: BenchmarkOptions) => Promise<object | { skipped: string }>;

const BENCHMARKS: Record<string, Benchmark> = {
  arc2face: benchArc2Face,
  axes: benchAxes,
  batching: benchBatching,
  dataset: benchDataset,
  embed: benchEmbed,
  faults: benchFaults,
  generate: benchGenerate,
  gpu: benchGpu,
  hostile: benchHostile,
  identity: benchIdentity,
  leakage: benchLeakage,
  load: benchLoad,
  packing: benchPacking,
  quality: benchQuality,
  slices: benchSlices,
  turned: benchTurned,
  utility: benchUtility,
  verification: benchVerification,
};

// npm run bench -- NAME [--case CASE] [--set NAME=QUERY ...] [--draws N] [--identities N] [--images N] [--home DIR] [--kills N] [--requests N] [--seconds N] [--json]: the last line is JSON, and is kept in bench/results.
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    case: { type: "string" },
    set: { type: "string", multiple: true },
    draws: { type: "string" },
    identities: { type: "string" },
    images: { type: "string" },
    home: { type: "string" },
    kills: { type: "string" },
    requests: { type: "string" },
    seconds: { type: "string" },
    json: { type: "boolean" },
    "dry-run": { type: "boolean" },
  },
});
const name = positionals[0] ?? "";
const benchmark = Object.hasOwn(BENCHMARKS, name) ? BENCHMARKS[name] : undefined;
if (!benchmark) {
  console.error(`npm run bench -- NAME, where NAME is ${Object.keys(BENCHMARKS).join(" or ")}`);
  process.exit(2);
}
const counted = (option: "draws" | "identities" | "images" | "kills" | "requests" | "seconds") => {
  const value = values[option] === undefined ? undefined : Number(values[option]);
  if (value === undefined || (Number.isInteger(value) && value >= 1)) return value;
  console.error(`--${option} ${values[option]}: a whole number from 1`);
  process.exit(2);
};
const draws = counted("draws");
const identities = counted("identities");
const images = counted("images");
const kills = counted("kills");
const requests = counted("requests");
const seconds = counted("seconds");
const { home } = values;
const counts = { draws, identities, images, kills, requests, seconds };
const asked = { case: values.case, sets: values.set, home, ...counts };
const figures = await benchmark(asked).catch((error: Error) => {
  console.error(`npm run bench -- ${name}: ${error.message}`);
  process.exit(1);
});
if ("skipped" in figures) {
  console.error(`npm run bench -- ${name}: skipped, ${figures.skipped}`);
  console.log(JSON.stringify(figures));
  process.exit(0);
}
const machine = {
  cpu: cpus()[0]?.model,
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
};
const result = { benchmark: name, date: new Date().toISOString(), machine, ...figures };
if (!values["dry-run"]) {
  const file = [name, values.case].filter(Boolean).join("-");
  const path = new URL(`./results/${file}.json`, import.meta.url);
  await writeFile(path, `${JSON.stringify(result, null, 2)}\n`);
}
console.log(JSON.stringify(values.json ? figures : result));
process.exit(0);
