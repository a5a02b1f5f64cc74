import { figuresOf, pack } from "./pack.ts";
import { runPython } from "./python.ts";

interface Peer {
  name: string;
  seconds: number;
  iterations: number;
  maxCosine: number;
  angle: number;
}

/** Dispersion losses of the literature in PyTorch (Tokarchuk et al. 2024), as long as ours takes at most. */
export async function benchPeers(count: number, dimension: number, iterations: number) {
  const run = await pack({ count, dimension, iterations });
  const figures = figuresOf(run);
  const found = runPython<{ torch: string; peers: Peer[] }>("peers.py", {
    n: count,
    d: dimension,
    seconds: 15,
  });
  const best = found?.peers.reduce((a, b) => (a.angle > b.angle ? a : b));
  return {
    ...figures,
    smallestAngle: (Math.acos(figures.maxCosine ?? 1) * 180) / Math.PI,
    rival: best?.name ?? null,
    rivalSeconds: best?.seconds ?? null,
    rivalMaxCosine: best?.maxCosine ?? null,
    rivalSmallestAngle: best?.angle ?? null,
    peers: found?.peers ?? null,
    rivalTorch: found?.torch ?? null,
  };
}
