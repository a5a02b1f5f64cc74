import { MESSAGE } from "@hyperface/contracts";
import { encodeMessage } from "@hyperface/formats";
import type { System } from "../../test/servers.ts";
import { ask } from "../ask.ts";
import { median } from "../statistics.ts";

/** Among the four processes. */
const GENERATE = 3;
/** Uncounted, and counted. */
const [WARM_IMAGES, IMAGES] = [300, 100];

/**
 * What the gateway adds to an image, milliseconds, median: by its URL, and by the call that the gateway makes for it, one
 * after the other, in turns which comes first. Null where both are one process.
 */
export async function gatewayShare(
  { url, processes, hyperface }: System,
  packing: string,
  firstSample: number,
) {
  const generate = processes[GENERATE];
  if (!generate) return null;
  const [reference] = (await hyperface.packings.embeddings(packing)).embeddings;
  const embedding = Float32Array.from(reference as number[]);
  const headers = { "content-type": MESSAGE };
  const through = (sample: number) =>
    timed(() => ask(url, `/v1/packings/${packing}/identities/0/images/${sample}`));
  const direct = (sample: number) => {
    const body = Buffer.from(encodeMessage({ items: [{ embedding, identity: 0, sample }] }));
    return timed(() => ask(generate, "/v1/images", { method: "POST", headers, body }));
  };
  const pairs: { through: number; direct: number }[] = [];
  for (let i = 0; i < WARM_IMAGES + IMAGES; i++) {
    const sample = firstSample + i;
    const times = i % 2 ? [await through(sample)] : [];
    const ofService = await direct(sample);
    pairs.push({ through: times[0] ?? (await through(sample)), direct: ofService });
  }
  const counted = pairs.slice(WARM_IMAGES);
  return {
    p50: median(counted.map(({ through, direct }) => through - direct)),
    through: median(counted.map(({ through }) => through)),
    direct: median(counted.map(({ direct }) => direct)),
  };
}

async function timed(asked: () => Promise<{ status: number }>): Promise<number> {
  const started = performance.now();
  const { status } = await asked();
  if (status !== 200) throw new Error(`an image is ${status}`);
  return performance.now() - started;
}
