import { loadavg } from "node:os";
import { endLeftovers } from "../test/leftovers.ts";
import { type System, startFour, startOne, temporaryHome } from "../test/servers.ts";
import { ask } from "./ask.ts";
import { countCached } from "./load/cached.ts";
import { gatewayShare } from "./load/gateway.ts";
import { CLIENTS, IDENTITIES, mix, SAMPLES } from "./load/mix.ts";
import type { BenchmarkOptions } from "./options.ts";
import { generateGallery, pack } from "./packings.ts";

/**
 * Clients that mix GETs of images, embeddings and polls of a job, on all services in one process and on four; an image
 * that is asked for again; and what the gateway adds to a call of a service. Each of a process that is warm.
 * @param options `seconds` of the mixture, 120
 */
export async function benchLoad({ seconds = 120 }: BenchmarkOptions) {
  const loadBefore = loadavg()[0];
  const figures = {
    one: await measure(startOne, seconds),
    four: await measure(startFour, seconds),
  };
  return { clients: CLIENTS, seconds, ...figures, loadBefore };
}

async function measure(start: (home: string) => Promise<System>, seconds: number) {
  const place = await temporaryHome();
  try {
    const system = await start(place.home);
    const { url, hyperface } = system;
    const near = await generateGallery(hyperface, 2 * IDENTITIES, 1);
    const packing = await pack(hyperface, { near, count: IDENTITIES, iterations: 100 });
    const { jobId: job } = await hyperface.packings.get(packing);
    const image = `/v1/packings/${packing}/identities/0/images/0`;
    const { body: photograph, etag } = await ask(url, image);
    return {
      cached: await countCached(url, image),
      notModified: await countCached(url, image, { "if-none-match": `${etag}` }),
      gatewayMilliseconds: await gatewayShare(system, packing, SAMPLES),
      ...(await mix(system, { packing, job, photograph }, seconds)),
    };
  } finally {
    await endLeftovers();
  }
}
