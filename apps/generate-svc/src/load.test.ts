import { setTimeout as wait } from "node:timers/promises";
import { createTurns } from "@hyperface/inference";
import { createLogger, type Listening, listen } from "@hyperface/service-kit";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createGenerateApp } from "./app.ts";
import { NO_CONTROLS } from "./generators/controls.ts";
import type { Generator } from "./generators/generator.ts";
import type { Generators } from "./generators/index.ts";
import { createFrame } from "./scene/frame.ts";
import { message } from "./test-messages.ts";

const SIZE = 64;
const model = { name: "toy", sha256: "0".repeat(64) };
let begun = 0;
/** No picture is drawn before this. */
let gate = Promise.resolve();
/** A generator that takes its time, and draws grey. */
const generator: Generator = {
  description: {
    ...{ name: "toy", version: "1", sha256: model.sha256, embedder: model, terms: "none" },
    ...{
      size: SIZE,
      embeddingDimension: 2,
      latentDimension: 2,
      axes: [],
      draw: false,
      controls: null,
    },
    ...{ sampling: null, grounds: true, prior: true, files: [], memoryBytes: 0 },
  },
  sampling: () => null,
  latentDimension: () => 2,
  alpha: false,
  frame: createFrame(SIZE, 1),
  controls: NO_CONTROLS,
  async generate() {
    begun += 1;
    await gate;
    await wait(20);
    return { size: SIZE, data: new Uint8Array(3 * SIZE * SIZE) };
  },
  prior: {
    noiseDimension: 2,
    async sampleIdentity() {
      begun += 1;
      await wait(1);
      return new Float32Array([1, 0]);
    },
  },
  probe: async () => [],
};
const unused = () => Promise.reject(new Error("no ground is asked for"));
const makers = {
  ...{ generator, arithmetic: "toy", matte: unused },
  painters: { compose: unused, close: async () => {} },
};
const generators: Generators = {
  use: async (_, work) => work(makers),
  list: async () => [],
  close: async () => {},
};

let server: Listening;
beforeAll(async () => {
  const enter = createTurns({ parallel: 2, itemSeconds: 0.02, maxWait: 1 });
  const logger = createLogger("test", "silent");
  server = await listen(createGenerateApp({ logger, generators, enter }), { port: 0 });
});
afterAll(() => server?.close());
beforeEach(() => {
  begun = 0;
});

const item = { embedding: Float32Array.of(1, 0), identity: 0, beta: 0, seed: 0, ground: "none" };
const post = (path: string, body: object, signal?: AbortSignal) =>
  fetch(server.url + path, {
    ...message({ generator: "toy", ...body }),
    ...(signal ? { signal } : {}),
  });
const images = (count: number) => ({
  items: Array.from({ length: count }, (_, sample) => ({ ...item, sample })),
});

test("of more clients than can be served in time some are told to come back, at once", async () => {
  let open = () => {};
  gate = new Promise((resolve) => {
    open = resolve;
  });
  const refused: { answer: Response; body: { type?: string } }[] = [];
  let served = 0;
  const calls = Array.from({ length: 300 }, async () => {
    const answer = await post("/v1/images", images(1));
    if (answer.status === 200) served += 1;
    else refused.push({ answer, body: (await answer.json()) as { type?: string } });
  });
  // Two are drawn, and a hundred take the second that the next may wait.
  await expect.poll(() => refused.length, { timeout: 60_000 }).toBe(197);
  expect(served).toBe(0);
  open();
  await Promise.all(calls);
  expect(served).toBe(103);
  expect(begun).toBe(served);
  for (const { answer, body } of refused) {
    expect(answer.status).toBe(503);
    expect(answer.headers.get("retry-after")).toMatch(/^\d+$/);
    expect(body.type).toBe("urn:hyperface:problem:overloaded");
  }
  // One client's own items are no others' load, and its turn comes beside them.
  const [many, one] = await Promise.all([
    post("/v1/images", images(256)),
    post("/v1/images", images(1)),
  ]);
  expect([many.status, one.status]).toEqual([200, 200]);
});

test.each<[string, object, number]>([
  ["/v1/images", images(256), 256],
  ["/v1/identities", { count: 10_000, seed: 0 }, 10_000],
])("what a client that leaves had asked for is not begun: %s", async (path, body, whole) => {
  const leaving = new AbortController();
  const call = post(path, body, leaving.signal).catch(() => "left");
  await expect.poll(() => begun, { interval: 1 }).toBeGreaterThan(0);
  leaving.abort();
  expect(await call).toBe("left");
  // Another's turn comes after all that was still to be begun.
  expect((await post("/v1/images", images(1))).status).toBe(200);
  const reached = begun;
  await wait(100);
  expect(begun).toBe(reached);
  expect(reached).toBeLessThan(whole / 2);
});
