import { loadavg } from "node:os";
import { MESSAGE } from "@hyperface/contracts";
import { encodeMessage } from "@hyperface/formats";
import { randomStream } from "@hyperface/hypersphere";
import { normalise } from "@hyperface/vectors";
import sharp from "sharp";
import { endLeftovers } from "../test/leftovers.ts";
import { startService, temporaryHome } from "../test/servers.ts";
import { ask } from "./ask.ts";
import { readAligned, readPhotographs } from "./embed/variants.ts";
import { mean, quantile } from "./statistics.ts";

/** Clients of one image each; and images of a request of the one client they are compared with. */
const CLIENTS = 64;
const ROUNDS = 2;
const SECONDS = 4;

/** Sends images `first` to `first + count - 1` of a stream as one request. */
type Send = (first: number, count: number) => Promise<void>;

/**
 * Dynamic batching: 64 clients that send an image at a time, against one client that sends 64 at a time, each service a
 * process of its own. The two take turns, so that what else the machine does falls on both.
 */
export async function benchBatching() {
  const load = loadavg()[0];
  try {
    const [embed, generate] = await Promise.all([
      startModelService("embed-svc"),
      startModelService("generate-svc"),
    ]);
    const photographs = (await readPhotographs(CLIENTS)).map(toBase64);
    const aligned = await Promise.all((await readAligned(CLIENTS)).map(encodeAligned));
    return {
      clients: CLIENTS,
      embed: await compare(sendImages(embed.url, photographs)),
      embedAligned: await compare(sendImages(embed.url, aligned, "?aligned=true")),
      generate: await compare(sendItems(generate.url)),
      loadBefore: load,
    };
  } finally {
    await endLeftovers();
  }
}

async function startModelService(name: "embed-svc" | "generate-svc") {
  const { home } = await temporaryHome({ empty: true });
  // What is measured is how fast, not how long anybody would wait.
  return startService(name, home, { EMBED_WAIT_SECONDS: "600", GENERATE_WAIT_SECONDS: "600" });
}

async function compare(send: Send) {
  await send(0, CLIENTS);
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const batches = await measure(send, { clients: 1, count: CLIENTS });
    rounds.push({ batches, singles: await measure(send, { clients: CLIENTS, count: 1 }) });
  }
  const latencies = rounds.flatMap(({ singles }) => singles.seconds);
  const milliseconds = (q: number) => Math.round(1000 * quantile(latencies, q));
  const imagesPerSecond = mean(rounds.map(({ singles }) => singles.imagesPerSecond));
  const fullBatchesImagesPerSecond = mean(rounds.map(({ batches }) => batches.imagesPerSecond));
  return {
    imagesPerSecond,
    fullBatchesImagesPerSecond,
    ratio: imagesPerSecond / fullBatchesImagesPerSecond,
    latencyMillisecondsP50: milliseconds(0.5),
    latencyMillisecondsP99: milliseconds(0.99),
  };
}

/** Every client sends its next request when the last is answered, until the time is over; what was begun counts. */
async function measure(send: Send, { clients, count }: { clients: number; count: number }) {
  const seconds: number[] = [];
  const started = performance.now();
  let sent = 0;
  const client = async () => {
    while (performance.now() - started < 1000 * SECONDS) {
      const begun = performance.now();
      await send(sent++ * count, count);
      seconds.push((performance.now() - begun) / 1000);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const elapsed = (performance.now() - started) / 1000;
  return { imagesPerSecond: (seconds.length * count) / elapsed, seconds };
}

const sendImages =
  (url: string, images: readonly string[], query = ""): Send =>
  (first, count) =>
    post(`${url}/v1/embeddings${query}`, {
      images: Array.from({ length: count }, (_, k) => images[(first + k) % images.length]),
    });

function sendItems(url: string): Send {
  const embedding = normalise(randomStream(1, "bench").gaussian(512));
  return (first, count) => {
    const item = (k: number) => ({ embedding, identity: 0, sample: first + k });
    const items = Array.from({ length: count }, (_, k) => item(k));
    return send(`${url}/v1/images`, MESSAGE, encodeMessage({ items }));
  };
}

const post = (url: string, body: object) => send(url, "application/json", JSON.stringify(body));

async function send(url: string, type: string, sent: string | Uint8Array) {
  const headers = { "content-type": type };
  const { status, body } = await ask(url, "", { method: "POST", headers, body: sent });
  if (status !== 200) throw new Error(`${url} answers ${status}: ${body}`);
}

const toBase64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

async function encodeAligned(data: Uint8Array): Promise<string> {
  const raw = { width: 112, height: 112, channels: 3 as const };
  return toBase64(await sharp(data, { raw }).jpeg({ quality: 90 }).toBuffer());
}
