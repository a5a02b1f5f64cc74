import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MESSAGE } from "@hyperface/contracts";
import { encodeMessage } from "@hyperface/formats";
import { createGenerateService, Environment } from "@hyperface/generate-svc";
import { randomStream } from "@hyperface/hypersphere";
import { createLogger, readEnvironment } from "@hyperface/service-kit";
import { normalise } from "@hyperface/vectors";

const IMAGES = 1000;
const BATCH = 20;
/** Toy networks in the shape of the true ones, which the tests use too. */
const MODELS_DIR = fileURLToPath(
  new URL("../../apps/generate-svc/fixtures/arc2face/models", import.meta.url),
);

/** What the process holds after each tenth of 1,000 images, MiB: all of it, and after a collection what JavaScript does. */
export async function measureMemory() {
  const home = await mkdtemp(join(tmpdir(), "hyperface-bench-"));
  const service = createGenerateService({
    environment: readEnvironment(Environment, { HYPERFACE_HOME: home, MODELS_DIR }),
    logger: createLogger("bench", "warn"),
  });
  const embedding = normalise(randomStream(1, "bench").gaussian(24));
  const residentMiB: number[] = [];
  const heapMiB: number[] = [];
  for (let made = 0; made < IMAGES; made += BATCH) {
    const items = Array.from({ length: BATCH }, (_, k) => {
      return { embedding, identity: 0, sample: made + k, steps: 4 };
    });
    const headers = { "content-type": MESSAGE };
    const body = encodeMessage({ generator: "arc2face", items }) as Uint8Array<ArrayBuffer>;
    const answer = await service.app.request("/v1/images", { method: "POST", headers, body });
    if (!answer.ok) throw new Error(await answer.text());
    await answer.arrayBuffer();
    if ((made + BATCH) % (IMAGES / 10) > 0) continue;
    globalThis.gc?.();
    const { rss, heapUsed, external } = process.memoryUsage();
    residentMiB.push(Math.round(rss / 2 ** 20));
    heapMiB.push(Math.round((heapUsed + external) / 2 ** 20));
  }
  await service.close();
  await rm(home, { recursive: true, force: true });
  return { images: IMAGES, residentMiB, heapMiB };
}
