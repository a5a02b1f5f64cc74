import { once } from "node:events";
import { CreatePackingRequest, type GeneratorDescription } from "@hyperface/contracts";
import { type Listening, listen } from "@hyperface/service-kit";
import { encodeSet } from "@hyperface/vectors";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createApiApp } from "./app.ts";
import type { Fetch } from "./clients/service.ts";
import { claimJob } from "./jobs/claim.ts";
import { finishJob } from "./jobs/finish.ts";
import { reserveKey } from "./jobs/objects.ts";
import type { JobRow } from "./jobs/slice.ts";
import { DIMENSION, EMBEDDER, openTestDependencies } from "./test-dependencies.ts";
import { createUploadedGallery } from "./usecases/galleries/create.ts";
import { createPacking } from "./usecases/packings/create.ts";

const SHA = "0".repeat(64);
const generator = {
  name: "default",
  version: "1",
  size: 128,
  embedder: { name: "mobilefacenet-512", sha256: SHA },
  sha256: SHA,
  embeddingDimension: DIMENSION,
  latentDimension: 8,
  arithmetic: "none",
  terms: "none",
  axes: [],
  draw: false,
  controls: null,
  sampling: null,
  grounds: true,
  prior: true,
  state: "ready",
  files: [],
  memoryBytes: 0,
} satisfies GeneratorDescription;

/** Calls that services began to work for, and never answer. */
const working: Request[] = [];
const answering =
  (models: object[]): Fetch =>
  (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/v1/models") return Response.json({ data: models });
    if (pathname.startsWith("/v1/models/")) return Response.json(models[0]);
    working.push(request);
    return new Promise(() => {});
  };

let open: Awaited<ReturnType<typeof openTestDependencies>>;
let server: Listening;
let gallery: string;
let packing: string;
beforeAll(async () => {
  open = await openTestDependencies("embedded", {
    embed: answering([EMBEDDER]),
    generate: answering([generator]),
    optimizer: answering([]),
  });
  const { deps } = open;
  server = await listen(createApiApp(deps), { port: 0 });
  const vectors = { data: new Float64Array([1, 0, 0, 0, 0, 1, 0, 0]), shape: [2, DIMENSION] };
  const upload = { name: "", model: "mobilefacenet-512", vectors } as const;
  gallery = (await createUploadedGallery(deps, upload, undefined)).id;
  const request = CreatePackingRequest.parse({ count: 2, alpha: 0 });
  packing = (await createPacking(deps, request, undefined)).id;
  const objectKey = await reserveKey(deps.db, "packings/some");
  const set = { dimension: DIMENSION, embeddings: Float32Array.from(vectors.data), maker: {} };
  const model = { name: "mobilefacenet-512", sha256: SHA };
  await deps.store.put(objectKey, encodeSet({ ...set, model }));
  const job = (await claimJob(deps.db, "test")) as JobRow;
  await finishJob(deps.db, job, "succeeded", { objectKey });
});
afterAll(async () => {
  await server?.close();
  await open?.close();
});

const json = { "content-type": "application/json" };
test.each<[string, () => string, RequestInit]>([
  ["an image", () => `/v1/packings/${packing}/identities/0/images/0`, {}],
  [
    "many images",
    () => `/v1/packings/${packing}/identities/0/images`,
    { method: "POST", headers: json, body: '{"count":256}' },
  ],
  ["a certificate", () => `/v1/galleries/${gallery}/certificate`, {}],
  [
    "embeddings",
    () => "/v1/embeddings",
    { method: "POST", headers: { "content-type": "image/png" }, body: "an image" },
  ],
])(
  "a client that leaves before it has %s ends the service's work for it",
  async (_, path, init) => {
    working.length = 0;
    const leaving = new AbortController();
    const call = fetch(server.url + path(), { ...init, signal: leaving.signal }).catch(
      () => "left",
    );
    await expect.poll(() => working.length, { timeout: 10_000 }).toBe(1);
    const [{ signal }] = working as [Request];
    expect(signal.aborted).toBe(false);
    leaving.abort();
    expect(await call).toBe("left");
    if (!signal.aborted) await once(signal, "abort");
    expect(signal.reason).toMatchObject({ code: "client-left" });
  },
);
