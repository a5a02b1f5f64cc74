import { getRequestListener } from "@hono/node-server";
import {
  type GeneratedImage,
  type ImageItem,
  MESSAGE,
  type SampleIdentitiesResponse,
} from "@hyperface/contracts";
import { decodePixmap, type Pixmap, readDescription } from "@hyperface/image-files";
import { createLogger, readEnvironment } from "@hyperface/service-kit";
import { dot, rowOf } from "@hyperface/vectors";
import sharp from "sharp";
import request from "supertest";
import { afterAll, describe, expect, test } from "vitest";
import { createGenerateService, Environment } from "./index.ts";
import { exchange } from "./test-messages.ts";

const start = () =>
  createGenerateService({
    environment: readEnvironment(Environment, {}),
    logger: createLogger("test", "silent"),
  });
const service = start();
afterAll(service.close);
const server = getRequestListener(service.app.fetch);
const post = (path: string, body: object) => exchange(service.app, path, body);

const drawn = await post("/v1/identities", { count: 3, seed: 5 });
const rowsOf = ({ dimension, embeddings }: SampleIdentitiesResponse) =>
  Array.from({ length: embeddings.length / dimension }, (_, i) => rowOf(embeddings, dimension, i));
const [x, y] = rowsOf(drawn.body) as [Float32Array, Float32Array];
const item = (over: Partial<ImageItem> = {}) => ({
  embedding: x,
  identity: 0,
  sample: 0,
  beta: 0.005,
  seed: 1,
  ...over,
});
const images = async (items: object[], rest: object = {}): Promise<Buffer[]> => {
  const { body } = await post("/v1/images", { items, ...rest });
  return body.images.map(({ data }: { data: Uint8Array }) => Buffer.from(data));
};

describe("an image is a function of its item alone", () => {
  test("whatever else is in the batch, and in another process's place", async () => {
    const [alone] = await images([item()]);
    const others = [item({ sample: 1 }), item(), item({ embedding: y, identity: 1 })];
    const together = await images(others);
    expect(together[1]).toEqual(alone);
    expect(new Set(together.map(String)).size).toBe(3);
    const another = start();
    const { body } = await exchange(another.app, "/v1/images", { items: [item()] });
    await another.close();
    expect(Buffer.from(body.images[0].data)).toEqual(alone);
  });

  test("beta moves it", async () => {
    const [still, moved] = await images([item({ beta: 0 }), item({ beta: 0.05 })]);
    expect(moved).not.toEqual(still);
  });
});

describe("the ground", () => {
  const raw = async (over: Partial<ImageItem>) => {
    const { body } = await post("/v1/images", { items: [item(over)] });
    const { data, provenance } = body.images[0];
    const pixels = await sharp(data).removeAlpha().raw().toBuffer();
    return { pixels, provenance };
  };
  const difference = (a: Buffer, b: Buffer, within: (x: number, y: number) => boolean) => {
    const found: number[] = [];
    for (let p = 0; p < 128 * 128; p++) {
      if (!within(p % 128, Math.floor(p / 128))) continue;
      for (let c = 0; c < 3; c++) {
        found.push(Math.abs((a[3 * p + c] as number) - (b[3 * p + c] as number)));
      }
    }
    return found.reduce((sum, d) => sum + d, 0) / found.length;
  };

  test("is drawn for the sample, and named in its provenance", async () => {
    const kinds = await Promise.all(
      Array.from({ length: 12 }, async (_, sample) => (await raw({ sample })).provenance.ground),
    );
    expect(new Set(kinds).size).toBeGreaterThan(2);
    expect(kinds).not.toContain("any");
  });

  test("changes what is around the face and keeps the face", async () => {
    const own = await raw({ ground: "none" });
    expect(own.provenance).toMatchObject({ ground: "none", draws: 1 });
    const face = (x: number, y: number) => ((x - 64) / 20) ** 2 + ((y - 68) / 26) ** 2 < 1;
    const corner = (x: number, y: number) => y < 30 && (x < 16 || x >= 112);
    const [foliage, studio] = [await raw({ ground: "foliage" }), await raw({ ground: "studio" })];
    expect(difference(foliage.pixels, studio.pixels, corner)).toBeGreaterThan(8);
    expect(difference(foliage.pixels, studio.pixels, face)).toBeLessThan(2);
    expect(studio.provenance.draws).toBe(1);
    expect(difference(own.pixels, studio.pixels, face)).toBeLessThan(6);
  });
});

test("another attempt at a sample is another picture, and says how many there were", async () => {
  const { body } = await post("/v1/images", { items: [item(), item({ attempt: 1 })] });
  const [first, second] = body.images;
  expect(second.data).not.toEqual(first.data);
  expect(body.images.map(({ provenance }: GeneratedImage) => provenance.attempts)).toEqual([1, 2]);
});

describe("an axis", () => {
  const placed = async (over: Partial<ImageItem>) => {
    const { body } = await post("/v1/images", { items: [item({ ground: "none", ...over })] });
    const { data, provenance } = body.images[0];
    const grey = await sharp(data).greyscale().raw().toBuffer();
    const mean = (left: number, right: number) => {
      let sum = 0;
      for (let y = 50; y < 90; y++)
        for (let x = left; x < right; x++) sum += grey[128 * y + x] as number;
      return sum / (40 * (right - left));
    };
    return { left: mean(44, 64), right: mean(64, 84), provenance };
  };

  test("of light brightens the face, and of its side the half it comes from", async () => {
    const [dark, bright] = [await placed({ light: -2 }), await placed({ light: 2 })];
    expect(bright.left + bright.right - dark.left - dark.right).toBeGreaterThan(40);
    const [left, right] = [await placed({ side: -2 }), await placed({ side: 2 })];
    const across = (of: typeof left) => of.right - of.left;
    expect(across(right) - across(left)).toBeGreaterThan(20);
  });

  test("stands in the provenance where it was asked for, and where it was drawn", async () => {
    const { provenance } = await placed({ yaw: 1.5 });
    expect(provenance.axes.yaw).toBe(1.5);
    expect(Object.keys(provenance.axes)).toEqual(["yaw", "pitch", "light", "side"]);
    const other = await placed({ yaw: 1.5, sample: 1 });
    expect(other.provenance.axes.light).not.toBe(provenance.axes.light);
  });
});

test("a camera is drawn where one is asked for, and stands in the provenance", async () => {
  const { body } = await post("/v1/images", { items: [item(), item({ camera: "any" })] });
  const [plain, taken] = body.images;
  expect(plain.provenance.camera).toBeNull();
  expect(Object.keys(taken.provenance.camera)).toContain("quality");
  expect(taken.data).not.toEqual(plain.data);
});

describe("drawing", () => {
  const drawn = async (draw: number) => {
    const { body } = await post("/v1/drawn-embeddings", { draw, embeddings: [x, y] });
    return body.embeddings as [Float32Array, Float32Array];
  };

  test("moves an embedding further the stronger it is, and keeps it unit", async () => {
    const cosines: number[] = [];
    for (const draw of [0, 0.5, 1]) {
      const [first] = await drawn(draw);
      expect(Math.hypot(...first)).toBeCloseTo(1, 5);
      cosines.push(dot(first, x));
    }
    const [none, half, whole] = cosines as [number, number, number];
    expect(none).toBeCloseTo(1, 6);
    expect(half).toBeLessThan(none);
    expect(whole).toBeLessThan(half);
    expect(whole).toBeGreaterThan(0.8);
  });

  test("an image at a strength is the image of what the embedding becomes", async () => {
    const [embedding] = await drawn(1);
    const [image] = await images([item({ draw: 1, ground: "none" })]);
    const [same] = await images([item({ embedding, ground: "none" })]);
    const [other] = await images([item({ ground: "none" })]);
    const pixels = (data: Buffer | undefined) => sharp(data).raw().toBuffer();
    const [a, b, c] = await Promise.all([image, same, other].map(pixels));
    const apart = (p: Buffer, q: Buffer) =>
      p.reduce((m, v, k) => Math.max(m, Math.abs(v - (q[k] as number))), 0);
    expect(apart(a as Buffer, b as Buffer)).toBeLessThanOrEqual(1);
    expect(apart(a as Buffer, c as Buffer)).toBeGreaterThan(20);
  });
});

describe("the file", () => {
  test.each(["png", "webp", "jpeg"] as const)("is %s, of the size asked for", async (format) => {
    const [data] = await images([item()], { format, size: 96 });
    const found = await sharp(data).metadata();
    expect([found.format, found.width, found.height]).toEqual([format, 96, 96]);
  });

  test("unpacked for another service has the PNG's pixels, and says the same", async () => {
    const [png] = await images([item()], { format: "png", size: 96 });
    const [ppm] = await images([item()], { format: "ppm", size: 96 });
    const { data, description, ...size } = decodePixmap(ppm as Uint8Array) as Pixmap;
    expect(size).toEqual({ width: 96, height: 96 });
    expect(description).toBe(await readDescription(png as Uint8Array));
    expect(Buffer.from(data).equals(await sharp(png).raw().toBuffer())).toBe(true);
  });

  test("says where it came from", async () => {
    const labels = { packing: "pak_1" };
    const { body } = await post("/v1/images", { items: [item({ sample: 9 })], labels });
    const { data, provenance } = body.images[0];
    expect(provenance).toMatchObject({ identity: 0, sample: 9, beta: 0.005, seed: 1, labels });
    expect(provenance.embedder.name).toBe("mobilefacenet-512");
    const { exif } = await sharp(data).metadata();
    expect(exif?.toString("latin1")).toContain(JSON.stringify(provenance));
  });
});

describe("identities of the prior", () => {
  test("are unit vectors, each the same in any call", async () => {
    for (const embedding of rowsOf(drawn.body)) {
      expect(Math.hypot(...embedding)).toBeCloseTo(1, 5);
    }
    const { body } = await post("/v1/identities", { count: 1, seed: 5, offset: 2 });
    expect(rowsOf(body)[0]).toEqual(rowsOf(drawn.body)[2]);
    expect(x).not.toEqual(y);
  });

  test("are different people: few pairs are alike", async () => {
    const { body } = await post("/v1/identities", { count: 60, seed: 2 });
    const all = rowsOf(body);
    const cosines = all.flatMap((a, i) => all.slice(0, i).map((b) => dot(a, b)));
    const alike = cosines.filter((cosine) => cosine > 0.5).length;
    expect(alike / cosines.length).toBeLessThan(0.02);
  });
});

describe("each bad request has a problem of its own", () => {
  test.each([
    [
      "a short vector",
      { items: [item({ embedding: Float32Array.of(1, 0) })] },
      422,
      "dimension-mismatch",
    ],
    [
      "a vector that is not of unit length",
      { items: [item({ embedding: x.map((v) => 2 * v) })] },
      422,
      "invalid-vector",
    ],
    [
      "a number that is none",
      { items: [item({ embedding: Float32Array.of(Number.NaN, ...x.slice(1)) })] },
      400,
      "invalid-request",
    ],
    ["beta below 0", { items: [item({ beta: -1 })] }, 400, "invalid-request"],
    [
      "a ground there is not",
      { items: [item({ ground: "beach" as never })] },
      400,
      "invalid-request",
    ],
    ["an axis beyond its bounds", { items: [item({ yaw: 3.5 })] }, 400, "invalid-request"],
    ["a strength of drawing above 1", { items: [item({ draw: 2 })] }, 400, "invalid-request"],
    ["an unknown generator", { items: [item()], generator: "stylegan" }, 422, "unknown-model"],
    [
      "a name of the language's own",
      { items: [item()], generator: "constructor" },
      422,
      "unknown-model",
    ],
    ["no items", { items: [] }, 400, "invalid-request"],
  ])("%s", async (_, body, status, code) => {
    const answer = await post("/v1/images", body);
    expect(answer.body).toMatchObject({ status, type: `urn:hyperface:problem:${code}` });
  });

  test.each([
    ["of JSON", "application/json", "{}", 415, "unsupported-media-type"],
    ["that is no message", MESSAGE, "{}", 400, "malformed-body"],
  ])("a body %s", async (_, type, body, status, code) => {
    const answer = await request(server).post("/v1/images").type(type).send(body);
    expect(answer.body).toMatchObject({ status, type: `urn:hyperface:problem:${code}` });
  });

  test("which says its place", async () => {
    const list = [...x] as never;
    const { body } = await post("/v1/images", { items: [item(), item({ embedding: list })] });
    expect(body.errors).toEqual([
      { pointer: "/items/1/embedding", detail: "must be a tensor of F32" },
    ]);
  });
});

test("a generator says which model it is", async () => {
  const { body } = await request(server).get("/v1/models").expect(200);
  expect(body.data[0]).toMatchObject({ name: "default", embeddingDimension: 512 });
  expect(body.data[0].sha256).toMatch(/^[0-9a-f]{64}$/);
});
