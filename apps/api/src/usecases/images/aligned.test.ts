import type { GeneratorDescription } from "@hyperface/contracts";
import { expect, test } from "vitest";
import { createEmbedClient } from "../../clients/embed.ts";
import { createGenerateClient } from "../../clients/generate.ts";
import { createServiceClient, type Fetch } from "../../clients/service.ts";
import { createAlignedImages } from "./aligned.ts";

const MODEL = { name: "m", sha256: "0".repeat(64) };
interface Item {
  sample: number;
  attempt: number;
}

/** Services whose pictures show a face from a sample's given attempt on; what was asked of them. */
function createServices(faceAt: readonly number[]) {
  const asked: Item[][] = [];
  const generate: Fetch = async (request) => {
    const { items, labels } = (await request.json()) as { items: Item[]; labels: object };
    asked.push(items.map(({ sample, attempt }) => ({ sample, attempt })));
    const images = items.map(({ sample, attempt }) => ({
      data: Buffer.from(JSON.stringify({ sample, attempt })).toString("base64"),
      provenance: {
        ...{ generator: MODEL, embedder: MODEL, identity: 0, sample, arithmetic: "none" },
        ...{ beta: 0, seed: 0, ground: "none", draw: 0, axes: {}, draws: 1 },
        ...{ attempts: attempt + 1, camera: null, sampling: null, labels },
      },
    }));
    return Response.json({ format: "png", size: 128, images });
  };
  const embed: Fetch = async (request) => {
    const { images } = (await request.json()) as { images: string[] };
    const quality = { value: 0.8, size: 50, sharpness: 9, norm: 1, landmarkFit: null };
    const seen = images.map((data) => {
      const { sample, attempt } = JSON.parse(Buffer.from(data, "base64").toString()) as Item;
      const found = attempt >= (faceAt[sample] as number);
      const crop = `crop of ${sample}`;
      const faces = found ? [{ embedding: [1], quality, detection: null, crop }] : [];
      return { width: 128, height: 128, found: faces.length, faces };
    });
    return Response.json({ model: MODEL, dimension: 1, arithmetic: "detector", images: seen });
  };
  const client = (name: string, fetch: Fetch) =>
    createServiceClient({ name, url: `http://${name}`, fetch, timeoutSeconds: 60 });
  const deps = {
    generate: createGenerateClient(client("generate-svc", generate)),
    embed: createEmbedClient(client("embed-svc", embed)),
  };
  return { deps, asked };
}

const draw = (deps: ReturnType<typeof createServices>["deps"], count: number) => {
  const items = Array.from({ length: count }, (_, sample) => ({
    embedding: [1],
    identity: 0,
    sample,
  }));
  const request = { generator: "default", items, labels: { packing: "pak_1" } };
  const generator = { grounds: true } as GeneratorDescription;
  return createAlignedImages(deps, generator, request, { format: "jpeg" });
};

test("only those without a face are drawn again, each attempt with another z, four times at most", async () => {
  const { deps, asked } = createServices([0, 2, 99, 3]);
  const { images, arithmetic } = await draw(deps, 4);
  expect(asked).toEqual([
    [0, 1, 2, 3].map((sample) => ({ sample, attempt: 0 })),
    [1, 2, 3].map((sample) => ({ sample, attempt: 1 })),
    [1, 2, 3].map((sample) => ({ sample, attempt: 2 })),
    [2, 3].map((sample) => ({ sample, attempt: 3 })),
  ]);
  expect(images.map((image) => image && [image.data, image.provenance.attempts])).toEqual([
    ["crop of 0", 1],
    ["crop of 1", 3],
    null,
    ["crop of 3", 4],
  ]);
  expect(images[0]?.provenance.labels).toEqual({ packing: "pak_1", align: "detect" });
  expect(arithmetic).toBe("detector");
});

test("where every picture has a face nothing is drawn twice", async () => {
  const { deps, asked } = createServices([0, 0]);
  await draw(deps, 2);
  expect(asked).toHaveLength(1);
});
