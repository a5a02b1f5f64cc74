import { EmbedImagesRequest, GenerateImagesRequest } from "@hyperface/contracts";
import { randomStream } from "@hyperface/hypersphere";
import { normalise } from "@hyperface/vectors";
import { expect, test } from "vitest";
import { createEmbedClient } from "../../clients/embed.ts";
import { createGenerateClient } from "../../clients/generate.ts";
import { createServiceClient, type Fetch } from "../../clients/service.ts";
import type { Dependencies } from "../../dependencies.ts";
import { answerWith, receivedBy } from "../../test-services.ts";
import { heldSet } from "../sets/compared.ts";
import { makeForSlice } from "./make.ts";
import type { Recipe } from "./recipe.ts";
import { samplesFrom } from "./samples.ts";

const MODEL = { name: "mobilefacenet-512", sha256: "0".repeat(64) };
const DIMENSION = 4;
const references = normalise(randomStream(1, "test").gaussian(DIMENSION));
const recipe = {
  spec: {
    identities: { from: 0, to: 1 },
    imagesPerIdentity: 100,
    align: "detect",
    imageFormat: "jpeg",
    filters: {},
    maxAttempts: 1,
    beta: 0,
    seed: 0,
    generator: "default",
    size: 112,
  },
  packing: { id: "pak_1", dimension: DIMENSION, model: MODEL },
  generator: { grounds: true },
  references: heldSet(references, DIMENSION),
  forbidden: null,
} as unknown as Recipe;

/** A generator that refuses some of the calls as a service does that has too much to do. */
const createServices = (refused: readonly number[]) => {
  let calls = 0;
  const generate: Fetch = async (request) => {
    const { items } = GenerateImagesRequest.parse(await receivedBy(request));
    calls += 1;
    if (refused.includes(calls)) return new Response(null, { status: 503 });
    const images = items.map(({ sample, identity }) => ({
      data: Uint8Array.of(sample),
      provenance: {
        ...{ generator: MODEL, embedder: MODEL, identity, sample, arithmetic: "none" },
        ...{ beta: 0, seed: 0, ground: "none", draw: 0, axes: {}, draws: 1, attempts: 1 },
        ...{ camera: null, sampling: null, labels: {} },
      },
    }));
    return answerWith({ format: "png", size: 128, images });
  };
  const embed: Fetch = async (request) => {
    const { images } = EmbedImagesRequest.parse(await receivedBy(request));
    const face = {
      embedding: references,
      quality: { value: 0.8, size: 50, sharpness: 9, noise: 1, norm: 1, landmarkFit: null },
      detection: null,
    };
    return answerWith({
      model: MODEL,
      arithmetic: "none",
      dimension: DIMENSION,
      images: images.map((crop) => ({
        ...{ width: 112, height: 112, found: 1 },
        faces: [{ ...face, crop }],
      })),
    });
  };
  const client = (name: string, fetch: Fetch) =>
    createServiceClient({ name, url: `http://${name}`, fetch, timeoutSeconds: 10 });
  return {
    deps: {
      generate: createGenerateClient(client("generate-svc", generate)),
      embed: createEmbedClient(client("embed-svc", embed)),
      sliceSeconds: 60,
    } as Dependencies,
    calls: () => calls,
  };
};

const signal = new AbortController().signal;
const sampleOf = (outcome: Awaited<ReturnType<typeof makeForSlice>>["outcomes"][number]) =>
  "image" in outcome ? outcome.image.row.sample : -1;

test("what was done before a service had too much to do is the slice", async () => {
  const { deps, calls } = createServices([7]);
  const { outcomes } = await makeForSlice(deps, recipe, { start: 4, end: 100 }, signal);
  const expected = samplesFrom(recipe.spec, 4, 48).map(({ sample }) => sample);
  expect(outcomes.map(sampleOf)).toEqual(expected);
  // The two groups beside it were waited for, and no other was begun.
  expect(calls()).toBeLessThanOrEqual(9);
});

test("a slice whose first samples cannot be made fails by that", async () => {
  const { deps } = createServices([1]);
  const made = makeForSlice(deps, recipe, { start: 0, end: 100 }, signal);
  await expect(made).rejects.toMatchObject({ code: "service-unavailable" });
});
