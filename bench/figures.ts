import { readFile, writeFile } from "node:fs/promises";

/** A row of the README's table of figures: from which kept result, and how it reads. */
interface Figure {
  what: string;
  result: string;
  // biome-ignore lint/suspicious/noExplicitAny: a result is what its benchmark printed.
  read: (result: any) => string;
}

const percent = (share: number) => `${Number((100 * share).toFixed(1))} %`;
const largestCosine = ({ maxCosine, iterations, seconds, cpuSeconds }: Record<string, number>) =>
  `${maxCosine?.toFixed(4)} after ${iterations} steps, ${(cpuSeconds ?? seconds)?.toFixed(0)} s${cpuSeconds ? " of CPU" : ""}`;
const times = (factor: number) => `${factor.toFixed(1)} x faster`;

const nearFaces = (count: string) =>
  `${count} identities near ${count} generated faces, at each alpha the worst of the galleries: objective as a share of what the paper's recipe has after three times the steps; by how much the smallest distance is larger at the recipe's closeness to faces`;
// biome-ignore lint/suspicious/noExplicitAny: a result is what its benchmark printed.
function tradeoff({ worst, galleries, generator, iterations }: any): string {
  const rows = worst.map(
    ({ alpha, objectiveRatio, lead }: Record<string, number>) =>
      `${alpha}: ${objectiveRatio?.toFixed(4)}, ${lead?.toFixed(4) ?? "not known"}`,
  );
  return `${rows.join("; ")} (${iterations} steps, ${galleries.length} of generator ${generator})`;
}

const FIGURES: Figure[] = [
  {
    what: "verification accuracy of detect, align, flip-sum: 102 people of the [Face Research Lab London Set](https://doi.org/10.6084/m9.figshare.5047666), two photographs each, 10 folds",
    result: "verification",
    read: ({ accuracy }) => percent(accuracy),
  },
  {
    what: "faces found in those photographs",
    result: "verification",
    read: ({ detectionRate }) => percent(detectionRate),
  },
  {
    what: "samples at beta 0.005 (`ground=none`) whose nearest of 256 packed references is their own, default embedder",
    result: "identity",
    read: ({ nearestIsOwn }) => percent(nearestIsOwn),
  },
  {
    what: "the same, judged by the second embedder",
    result: "identity",
    read: ({ judgeNearestIsOwn }) => percent(judgeNearestIsOwn),
  },
  {
    what: "samples of portraits held out of training, judged by dlib's recogniser, which no training sees: equal error rate and rank-1 against their sources; faces found in samples of packed identities",
    result: "generate",
    read: ({ heldOut: { thirdJudge }, packed }) =>
      `${percent(thirdJudge.equalErrorRate)}, ${percent(thirdJudge.rank1)}; ${percent(packed.detectionRate)}`,
  },
  {
    what: "new images a second over HTTP in batches of 8; time to one image",
    result: "generate",
    read: ({ speed: { imagesPerSecondBatch8, firstImageMillisecondsP50 } }) =>
      `${imagesPerSecondBatch8.toFixed(0)}; ${firstImageMillisecondsP50.toFixed(0)} ms`,
  },
  {
    what: "1,000 identities x 16 images from nothing, in three exports: time, images a second, CPU time of one, most memory",
    result: "dataset",
    read: ({ seconds, imagesPerSecond, cpuSecondsPerImage, peakMemoryMB }) =>
      `${(seconds / 60).toFixed(1)} min, ${imagesPerSecond.toFixed(0)}, ${(1000 * cpuSecondsPerImage).toFixed(0)} ms, ${peakMemoryMB.toFixed(0)} MB`,
  },
  {
    what: "100,000 images of 64 px: memory after the first 5,000, in the middle, at the end; most",
    result: "dataset-memory",
    read: ({ memory, peakMemoryMB }) => {
      const at = (share: number) => memory[Math.round(share * (memory.length - 1))].MB.toFixed(0);
      return `${at(0)}, ${at(0.5)}, ${at(1)}; ${peakMemoryMB.toFixed(0)} MB`;
    },
  },
  {
    what: "aligned faces a second by the prepared 512-d embedder, and by ONNX Runtime on the file as it is shipped with all cores",
    result: "embed",
    read: ({ imagesPerSecond, baselineImagesPerSecond, ratio }) =>
      `${imagesPerSecond.toFixed(0)} and ${baselineImagesPerSecond.toFixed(0)}, ${times(ratio)}`,
  },
  {
    what: "throughput of 64 clients that send an image at a time, as a share of one client's that sends 64: embed-svc, generate-svc; slowest answer but 1 %",
    result: "batching",
    read: ({ embed, generate }) =>
      [embed, generate]
        .map(
          ({ ratio, latencyMillisecondsP99 }) =>
            `${percent(ratio)}, ${(latencyMillisecondsP99 / 1000).toFixed(1)} s`,
        )
        .join("; "),
  },
  {
    what: "TypeScript's share of an Arc2Face step as fast as the fastest known (24 ms, an H100); memory of the service after 100 and 1,000 images of toy networks",
    result: "arc2face",
    read: ({ step, memory: { residentMiB } }) =>
      `${percent(step.shareOfFastestKnownStep)}; ${residentMiB[0]} and ${residentMiB.at(-1)} MiB`,
  },
  {
    what: "known best codes, reached from random starts or written down: how many, and their worst gap in cosine",
    result: "packing-codes",
    read: ({ codes }) => {
      const gaps = codes.map(({ gap }: { gap: number }) => gap);
      const reached = gaps.filter((gap: number) => gap <= 1e-5);
      return `${reached.length} of ${gaps.length}, ${Math.max(...reached).toExponential(0)}`;
    },
  },
  {
    what: "2,000 points in 128 dimensions: largest cosine",
    result: "packing-quality-2000x128",
    read: largestCosine,
  },
  {
    what: "the paper's recipe on the same kernels, 2,000 steps: its largest cosine, and the time to it",
    result: "packing-quality-2000x128",
    read: ({ rivalMaxCosine, speedup }) => `${rivalMaxCosine.toFixed(4)}, ${times(speedup)}`,
  },
  {
    what: "10,000 points in 512 dimensions: largest cosine",
    result: "packing-quality-10000x512",
    read: largestCosine,
  },
  {
    what: "points from which on a code that is written down is tighter than orbits that are packed: in 128 dimensions, in 512",
    result: "packing-overtaking",
    read: ({ dimensions }) =>
      dimensions.map(({ overtakesAt }: Record<string, number>) => overtakesAt).join(", "),
  },
  {
    what: "2,000 points in 64 dimensions: smallest angle, and that of the best of the literature's losses in PyTorch for the same CPU time; of the best linear block code",
    result: "packing-peers-2000x64",
    read: ({ smallestAngle, peers }) => {
      const best = (of: (peer: Record<string, unknown>) => boolean) =>
        Math.max(...peers.filter(of).map(({ angle }: { angle: number }) => angle)).toFixed(1);
      const packed = best(({ cpuSeconds }) => cpuSeconds !== undefined);
      return `${smallestAngle.toFixed(1)}, ${packed}; ${best(({ cpuSeconds }) => cpuSeconds === undefined)} degrees`;
    },
  },
  {
    what: nearFaces("1,000"),
    result: "packing-gallery-1000x512",
    read: tradeoff,
  },
  {
    what: nearFaces("2,000"),
    result: "packing-gallery-2000x512",
    read: tradeoff,
  },
  {
    what: "1,000,000 identities in 128 dimensions, in batches of 5,000: CPU time of a step, and of one of 200,000; memory; core-hours of the exact check, as reckoned from a part",
    result: "packing-scale-1000000x128",
    read: ({ cpuSecondsPerStep, cpuSecondsPerStepOfFewer, peakMemoryMB, check }) =>
      `${cpuSecondsPerStep.toFixed(2)} s, ${cpuSecondsPerStepOfFewer.toFixed(2)} s; ${(peakMemoryMB / 1000).toFixed(1)} GB; ${check.reckonedCpuHours.toFixed(1)}`,
  },
  {
    what: "300,000 identities near 10,000 vectors, in batches of 5,000: CPU time of a step, and of one of 60,000; memory",
    result: "packing-scale-near-300000x512",
    read: ({ cpuSecondsPerStep, cpuSecondsPerStepOfFewer, peakMemoryMB }) =>
      `${cpuSecondsPerStep.toFixed(2)} s, ${cpuSecondsPerStepOfFewer.toFixed(2)} s; ${(peakMemoryMB / 1000).toFixed(1)} GB`,
  },
  {
    what: "a step of the recipe with 4,000 x 512, and of PyTorch that gathers its loss: CPU time",
    result: "packing-iteration",
    read: ({ cpuSecondsPerIteration, rivalCpuSeconds }) =>
      `${cpuSecondsPerIteration.toFixed(2)} s, ${rivalCpuSeconds.toFixed(2)} s`,
  },
  {
    what: "a packing of 20,000 x 512 as a job in slices, against one uncut call: its time",
    result: "slices",
    read: ({ ratio }) => `${ratio.toFixed(2)} x`,
  },
  {
    what: "cached images a second by one process, and answers that one has not changed; 500 clients for two minutes beside: answers, errors but 503 with Retry-After",
    result: "load",
    read: ({ one }) =>
      `${one.cached.perSecond.toFixed(0)}, ${one.notModified.perSecond.toFixed(0)}; ${one.answered}, ${one.failed}`,
  },
  {
    what: "portraits made smaller, blurred, enlarged again, noisy, compressed: how many, those with a quality over 0.6, and of these with a cosine under 0.9 to the portrait",
    result: "quality",
    read: ({ all: { faces, seenWell, ofThoseAnothers } }) =>
      `${faces}, ${seenWell}, ${ofThoseAnothers}`,
  },
  {
    what: "careless and hostile requests: how many, server errors, data changed in silence; memory gained",
    result: "hostile",
    read: ({ requests, serverErrors, silentChanges, rssGrowthMB }) =>
      `${requests}, ${serverErrors.length}, ${silentChanges.length}; ${rssGrowthMB.toFixed(0)} MB`,
  },
  {
    what: "jobs accepted while one of two gateways, three services and a PostgreSQL was killed every 4 s, 20 times: finished once and bit for bit",
    result: "faults",
    read: ({ jobsAccepted, jobsFinished, wrong, duplicates }) =>
      `${jobsFinished - wrong - duplicates} of ${jobsAccepted}`,
  },
];

/** `packing-codes` is kept by `npm run bench -- packing --case codes`. */
const commandOf = (result: string) => {
  const [name, ...rest] = result.split("-");
  return `npm run bench -- ${name}${rest.length > 0 ? ` --case ${rest.join("-")}` : ""}`;
};

const folder = new URL("./results/", import.meta.url);
const rowOf = async ({ what, result, read }: Figure) => {
  const kept = JSON.parse(await readFile(new URL(`${result}.json`, folder), "utf8"));
  const { cpu, cores } = kept.machine;
  const machine = `${cores} cores of ${String(cpu).replace(/\((R|TM)\)| Processor/g, "")}`;
  return `| ${what} | ${read(kept)} | \`${commandOf(result)}\` | ${machine}, ${kept.date.slice(0, 10)} |`;
};

// npm run figures: writes the README's figures from bench/results, so that none is older than its measurement.
const START = "<!-- figures: npm run figures -->\n";
const END = "<!-- /figures -->";
const readme = new URL("../README.md", import.meta.url);
const text = await readFile(readme, "utf8");
const [before, rest] = text.split(START);
const after = rest?.split(END)[1];
if (before === undefined || after === undefined) {
  throw new Error(`README.md lacks ${START.trim()} or ${END}`);
}
const rows = await Promise.all(FIGURES.map(rowOf));
const table = ["| what | figure | command | measured |", "|---|---|---|---|", ...rows].join("\n");
await writeFile(readme, `${before}${START}${table}\n${END}${after}`);
