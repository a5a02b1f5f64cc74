import { figuresOf, pack } from "./pack.ts";
import { runPython } from "./python.ts";

interface Peer {
  name: string;
  /** Absent of what is written down, not packed. */
  cpuSeconds?: number;
  iterations?: number;
  maxCosine: number;
  angle: number;
}

/** Dispersion losses of the literature in PyTorch (Tokarchuk et al. 2024), for the CPU seconds that ours takes, and a linear block code. */
export async function benchPeers(count: number, dimension: number, iterations: number) {
  const run = await pack({ count, dimension, iterations });
  const figures = figuresOf(run);
  const found = runPython<{ torch: string; geoopt: string | null; peers: Peer[] }>("peers.py", {
    n: count,
    d: dimension,
    seconds: run.cpuSeconds,
  });
  const best = found?.peers.reduce((a, b) => (a.angle > b.angle ? a : b));
  return {
    ...figures,
    smallestAngle: (Math.acos(figures.maxCosine ?? 1) * 180) / Math.PI,
    rival: best?.name ?? null,
    rivalCpuSeconds: best?.cpuSeconds ?? null,
    rivalMaxCosine: best?.maxCosine ?? null,
    rivalSmallestAngle: best?.angle ?? null,
    peers: found?.peers ?? null,
    rivalTorch: found?.torch ?? null,
    rivalGeoopt: found?.geoopt ?? null,
  };
}
