import { loadavg } from "node:os";
import { measureMemory } from "./arc2face/memory.ts";
import { measureSteps } from "./arc2face/steps.ts";

/**
 * What TypeScript takes of an Arc2Face step at the true model's shapes, and whether the service's memory stays flat over 1,000
 * images; neither needs its weights.
 */
export async function benchArc2Face() {
  const load = loadavg()[0];
  return { step: await measureSteps(), memory: await measureMemory(), loadBefore: load };
}
