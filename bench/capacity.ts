import { readFile, writeFile } from "node:fs/promises";
import { codeSize, MAX_PACKING_NUMBERS } from "@hyperface/contracts";
import { type Plan, planFor, readMeasured } from "./capacity-model.ts";

/** Writes docs/capacity.md from the kept results: npm run figures. */
const SIZES = [10_000, 100_000, 300_000, 1_000_000];
const IMAGES = 64;
/** Cores of the installations that are compared; the packing has two of them whatever there are. */
const CORES = [2, 16, 64, 256];
/** An example: what a core costs by the hour, US dollars. */
const CORE_HOUR = 0.04;

const results = new URL("./results/", import.meta.url);
const page = new URL("../docs/capacity.md", import.meta.url);
const read = async (name: string) =>
  JSON.parse(await readFile(new URL(`${name}.json`, results), "utf8"));

const measured = readMeasured({
  dataset: await read("dataset"),
  slices: await read("slices"),
  batches: await read("packing-scale-100000x512"),
  quality: await read("packing-quality-10000x512"),
});

const million = await read("packing-scale-1000000x128");
const DIMENSION = 512;
const MOST = Math.min(codeSize(DIMENSION), Math.floor(MAX_PACKING_NUMBERS / DIMENSION));

const number = (value: number) => value.toLocaleString("en", { maximumSignificantDigits: 2 });
const UNITS = [
  ["days", 86_400],
  ["hours", 3600],
  ["minutes", 60],
  ["s", 1],
] as const;
function time(seconds: number): string {
  const [unit, length] = UNITS.find(([, size]) => seconds >= 2 * size) ?? (["s", 1] as const);
  return `${number(seconds / length)} ${unit}`;
}
const gigabytes = (bytes: number) => `${number(bytes / 1e9)} GB`;
const count = (value: number) => value.toLocaleString("en");
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

const plans = (cores: number) =>
  SIZES.map((identities) => planFor(measured, { identities, images: IMAGES, cores }));

const work = (plan: Plan) => [
  count(plan.identities),
  count(plan.identities * IMAGES),
  `${number(plan.coreSeconds.generate / 3600)}`,
  `${number(plan.coreSeconds.embed / 3600)}`,
  `${number(plan.coreSeconds.nearest / 3600)}`,
  `${number(plan.coreSeconds.write / 3600)}`,
  `$${number((CORE_HOUR * plan.imageCoreSeconds) / 3600)}`,
  gigabytes(plan.storedBytes),
];
const packing = (plan: Plan) => [
  count(plan.identities),
  time(plan.packing.allPairs),
  time(plan.packing.batches),
  time(plan.packing.check),
  gigabytes(plan.packing.memoryBytes),
];
const wall = (identities: number) => [
  count(identities),
  ...CORES.map((cores) => {
    const { seconds, bottleneck } = planFor(measured, { identities, images: IMAGES, cores });
    return `${time(seconds)}: ${bottleneck}`;
  }),
];

const { perImage, machine, date, load } = measured;
const gpu = perImage.generate + perImage.embed;
const rest = perImage.write;
const text = `# Capacity

What datasets of ${IMAGES} images an identity take, by size: a model from measured figures, written by \`npm run figures\` from [bench/results](../bench/results). It is of the default generator, 512 numbers an
embedding, on cores like those of ${machine} (${date.slice(0, 10)}, at a load of ${load}). Times of a processor are of what ran, not of what waited; where others use the caches too, they are longer than alone.

## What the images take

Core-hours of each step, their price at an example of $${CORE_HOUR} a core-hour, and what is stored. An image takes ${number(1000 * perImage.generate)} ms of a core to generate, ${number(1000 * perImage.embed)} to detect, align and embed,
${number(1000 * perImage.write)} to write, and ${number(1e6 * measured.secondsPerPair * measured.packingCores * 1000)} µs for every thousand identities whose references it is compared with.

${table(["identities", "images", "generate", "embed", "nearest", "write", "price", "stored"], plans(2).map(work))}

## What the packing takes

One packing is one job, and a job is one slice at a time, of one process: the time on ${measured.packingCores} cores, which more workers do not shorten. With all pairs in each step (${measured.steps} steps, as for the figure of 10,000) its cost grows with the square of the
identities. In batches of ${count(measured.batch)} it grows with their number, and ends looser. The certificate's exact check looks at all pairs once.

${table(["identities", "all pairs in each step", "in batches", "exact check", "memory"], plans(2).map(packing))}

One packing has up to ${count(MOST)} identities of ${DIMENSION} numbers, so a million is reckoned here; of 128 numbers it was measured: ${number(million.cpuSecondsPerStep)} s of a core for a step in batches, ${gigabytes(1e6 * million.peakMemoryMB)}
of memory, and by a part of it ${number(million.check.reckonedCpuHours)} core-hours for the exact check.

\`start: "code"\` with \`iterations: 0\` writes down a code of ${DIMENSION} dimensions in seconds instead: up to as many, and from 16,384 on tighter than what is packed.

## How long it takes, and what it waits for

The packing (all pairs where that takes up to a quarter of the images' time, batches beyond), its check, and then the images on all cores. After each time stands what most of it goes to.

${table(["identities", ...CORES.map((cores) => `${cores} cores`)], SIZES.map(wall))}

## What one more buys

- **A core for images** (a replica of embed-svc and generate-svc, and a worker to ask them) makes ${number(1 / (perImage.generate + perImage.embed + perImage.write))} images a second more, ${count(Math.round(86_400 / (perImage.generate + perImage.embed + perImage.write)))} a day, until the packing and its check are what is waited for: at a million identities from ${count(turningPoint())} cores on.
- **A worker alone** buys nothing while the services are busy: it spends ${number(1000 * rest)} ms an image itself.
- **A GPU** takes over the ${number((100 * gpu) / (gpu + rest))} % of an image's time that are generating and embedding. Whatever its speed (\`npm run bench -- gpu\` measures it), it gives no more than ${number(1 / rest)} images a second for each core that writes for it.
- **A core for the packing** shortens its steps and its check nearly in proportion: they run on all threads of one process.
- **Identities** cost in proportion but for what looks at all pairs: ten times as many take ten times the images' time, and a hundred times the check's.
`;

/** Cores from which on the packing of a million, in batches, takes longer than its images. */
function turningPoint(): number {
  const { imageCoreSeconds, packing } = planFor(measured, {
    identities: 1_000_000,
    images: IMAGES,
    cores: 2,
  });
  return Math.round(imageCoreSeconds / (packing.batches + packing.check));
}

await writeFile(page, text);
