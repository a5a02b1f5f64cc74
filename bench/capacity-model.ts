/** What measured figures say of one image, one pair of identities and one step. */
export interface Measured {
  machine: string;
  date: string;
  load: number;
  /** Seconds of a core for an image, by step. */
  perImage: { generate: number; embed: number; write: number };
  storedBytesPerImage: number;
  /** Cores that a packing's figures are of. */
  packingCores: number;
  /** Steps of a packing, all pairs in each; seconds of one for each pair. */
  steps: number;
  secondsPerStepAndPair: number;
  /** Identities of a batch; seconds of a step; how often each identity is in one. */
  batch: number;
  secondsPerBatch: number;
  visits: number;
  /** Of the exact check, which looks at each ordered pair. */
  secondsPerPair: number;
  packingBytesPerIdentity: number;
}

interface Results {
  // biome-ignore lint/suspicious/noExplicitAny: a result is what its benchmark printed.
  [name: string]: any;
}

/** Share of the images' time that a packing of all pairs is waited for; where it takes more, it is in batches. */
const MOST_PACKING = 0.25;
/** Of an embedding, float32, as it is stored beside its image. */
const EMBEDDING_BYTES = 4 * 512;

export function readMeasured({ dataset, slices, batches, quality }: Results): Measured {
  const { cpuSecondsPerImage: cpu, shares, images, imageBytes } = dataset;
  return {
    machine: dataset.machine.cpu,
    date: dataset.date,
    load: dataset.loadBefore,
    perImage: {
      generate: cpu * shares.generate,
      embed: cpu * shares.embed,
      write: cpu * shares.write,
    },
    storedBytesPerImage: imageBytes / images + EMBEDDING_BYTES,
    packingCores: slices.machine.cores,
    steps: quality.iterations,
    secondsPerStepAndPair: slices.whole / slices.iterations / slices.n ** 2,
    batch: batches.batch,
    secondsPerBatch: batches.secondsPerStep,
    visits: (batches.iterations * batches.batch) / batches.n,
    secondsPerPair: batches.secondsOfExactCheck / batches.n ** 2,
    packingBytesPerIdentity: (batches.peakMemoryMB * 1e6) / batches.n,
  };
}

export interface Plan {
  identities: number;
  coreSeconds: { generate: number; embed: number; nearest: number; write: number };
  imageCoreSeconds: number;
  storedBytes: number;
  /** Seconds on the packing's cores. */
  packing: { allPairs: number; batches: number; check: number; memoryBytes: number };
  /** From the first step to the last image. */
  seconds: number;
  /** What most of it goes to. */
  bottleneck: string;
}

/** What a dataset takes where images are made on `cores`. */
export function planFor(
  measured: Measured,
  { identities, images, cores }: { identities: number; images: number; cores: number },
): Plan {
  const { perImage } = measured;
  const total = identities * images;
  const pairs = identities ** 2;
  const coreSeconds = {
    generate: total * perImage.generate,
    embed: total * perImage.embed,
    nearest: total * identities * measured.secondsPerPair * measured.packingCores,
    write: total * perImage.write,
  };
  const imageCoreSeconds = Object.values(coreSeconds).reduce((sum, value) => sum + value, 0);
  const packing = {
    allPairs: measured.steps * measured.secondsPerStepAndPair * pairs,
    batches: ((measured.visits * identities) / measured.batch) * measured.secondsPerBatch,
    check: measured.secondsPerPair * pairs,
    memoryBytes: measured.packingBytesPerIdentity * identities,
  };
  const making = imageCoreSeconds / cores;
  const packed = packing.allPairs < MOST_PACKING * making ? packing.allPairs : packing.batches;
  const parts: Record<string, number> = {
    generating: coreSeconds.generate / cores,
    embedding: coreSeconds.embed / cores,
    "finding the nearest identity": coreSeconds.nearest / cores,
    writing: coreSeconds.write / cores,
    packing: packed,
    "the exact check": packing.check,
  };
  const [bottleneck] = Object.entries(parts).sort(([, a], [, b]) => b - a)[0] as [string, number];
  const seconds = making + packed + packing.check;
  const storedBytes = total * measured.storedBytesPerImage;
  return { identities, coreSeconds, imageCoreSeconds, storedBytes, packing, seconds, bottleneck };
}
