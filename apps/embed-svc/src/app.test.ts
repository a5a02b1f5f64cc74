import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getRequestListener } from "@hono/node-server";
import { decodeNpy, decodeSafetensors } from "@hyperface/formats";
import { createLogger, readEnvironment } from "@hyperface/service-kit";
import sharp from "sharp";
import request from "supertest";
import { afterAll, describe, expect, test } from "vitest";
import { createEmbedService, Environment } from "./index.ts";

const face = await readFile(new URL("../fixtures/face.png", import.meta.url));
const plain = await sharp({
  create: { width: 6000, height: 6000, channels: 3, background: "#48a" },
})
  .webp({ lossless: true })
  .toBuffer();
const environment = readEnvironment(Environment, {
  HYPERFACE_HOME: join(tmpdir(), "hyperface-test"),
  MAX_IMAGE_MIB: "1",
  MAX_MEGAPIXELS: "50",
  MAX_REQUEST_MEGAPIXELS: "100",
});
const { app, close } = createEmbedService({ environment, logger: createLogger("test", "silent") });
afterAll(close);
const server = getRequestListener(app.fetch);
const post = (query = "") => request(server).post(`/v1/embeddings${query}`);

test("every embedder is told, with its arithmetic once it is loaded", async () => {
  await request(server).get("/health/ready").expect(200);
  const { body } = await request(server).get("/v1/models").expect(200);
  expect(body.data).toMatchObject([
    { name: "mobilefacenet-512", dimension: 512, state: "ready" },
    { name: "mobilefacenet-192", dimension: 192, state: "ready" },
  ]);
  for (const { arithmetic } of body.data) {
    expect(arithmetic).toMatch(/^node-\S+ onnxruntime-\S+ libvips-\S+ [0-9a-f]{16}$/);
  }
});

describe("an image is taken", () => {
  test("as a body, in a form and in JSON alike", async () => {
    const raw = await post().set("content-type", "image/png").send(face).expect(200);
    const form = await post().attach("images", face, "a.png").attach("images", face, "b.png");
    const json = await post().send({ images: [face.toString("base64")] });
    expect(raw.body.images[0]).toMatchObject({ width: 160, height: 160 });
    expect(form.body.images).toEqual([raw.body.images[0], raw.body.images[0]]);
    expect(json.body).toEqual(raw.body);
  });

  test.each([
    ["a data: URL", (text: string) => `data:image/png;base64,${text}`],
    ["a data: URL in other letters", (text: string) => `DATA:image/png;BASE64,${text}`],
    ["base64 in lines", (text: string) => text.replace(/.{76}/g, "$&\r\n")],
    ["base64 without padding", (text: string) => text.replace(/=+$/, "")],
  ])("as %s", async (_, write) => {
    const text = face.toString("base64");
    const [plainly, otherwise] = [{ images: [text] }, { images: [write(text)] }];
    expect((await post().send(otherwise)).body).toEqual((await post().send(plainly)).body);
  });

  test("and answered with its aligned crop where that is asked", async () => {
    const { body } = await post("?crops=true").set("content-type", "image/png").send(face);
    const crop = await sharp(Buffer.from(body.images[0].faces[0].crop, "base64")).metadata();
    expect([crop.format, crop.width, crop.height]).toEqual(["png", 112, 112]);
  });

  test("and answered as .npy or safetensors", async () => {
    const { body } = await post().send({ images: [face.toString("base64")] });
    const tensor = (accept: string) =>
      post()
        .set("accept", accept)
        .set("content-type", "image/png")
        .send(face)
        .responseType("arraybuffer")
        .expect(200)
        .expect("content-type", accept)
        .expect("faces-found", "1")
        .expect("embedding-model", /^mobilefacenet-512; sha256=[0-9a-f]{64}$/);
    const npy = decodeNpy((await tensor("application/x-npy")).body);
    expect(npy.shape).toEqual([1, 512]);
    expect([...(npy.data as Float32Array)]).toEqual(body.images[0].faces[0].embedding);
    const { tensors } = decodeSafetensors((await tensor("application/vnd.safetensors")).body);
    expect(tensors.embeddings?.data).toEqual(npy.data);
    expect(tensors.images?.data).toEqual(Int32Array.of(0));
  });
});

test.each([
  [600, 1],
  [1, 2000],
  [20_000, 50],
])("a picture of %d x %d is soon answered: it has no face", async (width, height) => {
  const create = { width, height, channels: 3, background: "#888" } as const;
  const bytes = await sharp({ create }).png().toBuffer();
  const { body } = await post("?allowMissing=true").set("content-type", "image/png").send(bytes);
  expect(body.images).toEqual([{ width, height, found: 0, faces: [] }]);
});

describe("each bad request has a problem of its own", () => {
  const wrong: [string, () => PromiseLike<request.Response>, number, string, RegExp][] = [
    [
      "a text file",
      () => post().set("content-type", "image/png").send("hello"),
      422,
      "unreadable-image",
      /JPEG, PNG or WebP/,
    ],
    [
      "a second file that is text",
      () => post().attach("images", face, "a.png").attach("images", Buffer.from("x"), "b.txt"),
      422,
      "unreadable-image",
      /image 1 \(b\.txt\)/,
    ],
    [
      "a large file",
      () =>
        post()
          .set("content-type", "image/png")
          .send(Buffer.alloc(2 ** 20 + 9)),
      413,
      "image-too-large",
      /1 MiB/,
    ],
    [
      "small files of many pixels",
      async () => {
        const images = Array(3).fill(plain.toString("base64"));
        return post("?allowMissing=true").send({ images });
      },
      413,
      "too-many-pixels",
      /3 images have 108 megapixels together, over 100/,
    ],
    [
      "many pixels that nearly no bytes describe",
      () => {
        const images = Array(2).fill(plain.toString("base64"));
        return post("?allowMissing=true").send({ images });
      },
      413,
      "too-many-pixels",
      /2 images have 72 megapixels together, \d+ of which have less than a byte for each 64, over 50/,
    ],
    [
      "more faces than are worth finding",
      () => post("?faces=all&maxFaces=64").send({ images: Array(65).fill("AAAA") }),
      413,
      "too-many-faces",
      /maxFaces=63/,
    ],
    [
      "another content type",
      () => post().set("content-type", "text/plain").send("x"),
      415,
      "unsupported-media-type",
      /text\/plain/,
    ],
    [
      "malformed JSON",
      () => post().set("content-type", "application/json").send('{"images":['),
      400,
      "malformed-body",
      /not JSON/,
    ],
    ["no images", () => post().send({}), 400, "invalid-request", /images/],
    [
      "what is not base64",
      () => post().send({ images: ["%%%"] }),
      400,
      "invalid-request",
      /images\/0/,
    ],
    [
      "a picture by its URL",
      () => post().send({ images: ["AAAA", "https://example.org/a.png"] }),
      400,
      "invalid-request",
      /images\/1/,
    ],
    [
      "a form without the field",
      () => post().attach("photos", face, "a.png"),
      400,
      "invalid-request",
      /"photos" is not known: use images/,
    ],
    [
      "an unknown option",
      () => post("?faces=some").set("content-type", "image/png").send(face),
      400,
      "invalid-request",
      /faces/,
    ],
    [
      "an unknown model",
      () => post("?model=x").set("content-type", "image/png").send(face),
      422,
      "unknown-model",
      /there is no embedder x: use mobilefacenet-512, mobilefacenet-192/,
    ],
    [
      "an answer nobody makes",
      () => post().set("accept", "text/csv").set("content-type", "image/png").send(face),
      406,
      "not-acceptable",
      /text\/csv/,
    ],
    [
      "an empty body",
      () => post().set("content-type", "image/png"),
      400,
      "malformed-body",
      /empty/,
    ],
  ];
  test.each(wrong)("%s", async (_, send, status, code, detail) => {
    const { body, headers } = await send();
    expect(headers["content-type"]).toBe("application/problem+json");
    expect(body).toMatchObject({ status, type: `urn:hyperface:problem:${code}` });
    expect(body.detail).toMatch(detail);
  });

  test("and the service lives on", async () => {
    await request(server).get("/health/ready").expect(200);
    await post().set("content-type", "image/png").send(face).expect(200);
  });
});
