import { readFile } from "node:fs/promises";
import { crc32, deflateSync } from "node:zlib";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type System, startOne, temporaryHome } from "./servers.ts";

let system: System;
let place: Awaited<ReturnType<typeof temporaryHome>>;
let gallery: string;
let packing: string;
const face = await readFile(new URL("../apps/embed-svc/fixtures/face.png", import.meta.url));
const unit = (k: number, dimension = 512) =>
  Array.from({ length: dimension }, (_, i) => (i === k ? 1 : 0));
const vectors = [unit(0), unit(1), unit(2), unit(3)];

beforeAll(async () => {
  place = await temporaryHome();
  system = await startOne(place.home);
  const { galleries, packings } = system.hyperface;
  gallery = (await galleries.create({ source: "upload", embeddings: vectors })).id;
  const made = await packings.create(
    { near: gallery, count: 4, iterations: 0 },
    { waitSeconds: 30 },
  );
  packing = made.id;
});
afterAll(async () => {
  await system?.stop();
  await place?.remove();
});

/** A PNG whose header says 30,000 x 30,000 pixels: 2.7 GB, in about a kilobyte. */
function hugePng(): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(30_000, 0);
  header.writeUInt32BE(30_000, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
  const data = chunk("IDAT", deflateSync(Buffer.alloc(90_001)));
  return Buffer.concat([signature, chunk("IHDR", header), data, chunk("IEND", Buffer.alloc(0))]);
}

const blank = (width: number) =>
  sharp({ create: { width, height: 160, channels: 3, background: "#777" } });
const twoFaces = () =>
  blank(320)
    .composite([
      { input: face, left: 0, top: 0 },
      { input: face, left: 160, top: 0 },
    ])
    .png()
    .toBuffer();

interface Bad {
  what: string;
  path: string | (() => string);
  type?: string;
  body?: () => unknown;
  status: number;
  code: string;
}
const image = (what: string, body: () => unknown, status: number, code: string): Bad => ({
  what,
  path: "/v1/embeddings",
  type: "image/png",
  body,
  status,
  code,
});
const json = (
  what: string,
  path: Bad["path"],
  body: unknown,
  status: number,
  code: string,
): Bad => ({
  what,
  path,
  type: "application/json",
  body: () => {
    const value = typeof body === "function" ? body() : body;
    return typeof value === "string" ? value : JSON.stringify(value);
  },
  status,
  code,
});
const images = () => `/v1/packings/${packing}/identities/0/images`;
const upload = (embeddings: unknown) => ({ source: "upload", embeddings });

const BAD: Bad[] = [
  image("a corrupt image", () => face.subarray(0, 3000), 422, "unreadable-image"),
  image("a 30,000 x 30,000 PNG", hugePng, 413, "image-too-large"),
  image("a text file", () => "not an image", 422, "unreadable-image"),
  image("no face", () => blank(160).png().toBuffer(), 422, "no-face"),
  image("two faces where one is asked", twoFaces, 422, "several-faces"),
  { ...image("a wrong content type", () => "x", 415, "unsupported-media-type"), type: "text/csv" },
  {
    ...image("a message as services send it", () => "x", 415, "unsupported-media-type"),
    type: "application/vnd.hyperface+safetensors",
  },
  json("malformed JSON", "/v1/galleries", '{"source":', 400, "malformed-body"),
  json(
    "NaN in a vector",
    "/v1/galleries",
    '{"source":"upload","embeddings":[[NaN]]}',
    400,
    "malformed-body",
  ),
  json("null in a vector", "/v1/galleries", upload([[null, 1]]), 400, "invalid-request"),
  json("a zero vector", "/v1/galleries", upload([unit(-1)]), 422, "invalid-vector"),
  json(
    "vectors of the wrong length",
    "/v1/galleries",
    upload([unit(0, 100)]),
    422,
    "dimension-mismatch",
  ),
  json(
    "vectors of two lengths",
    "/v1/galleries",
    upload([unit(0), unit(0, 100)]),
    422,
    "dimension-mismatch",
  ),
  json("an unknown source", "/v1/galleries", { source: "web" }, 400, "invalid-request"),
  json(
    "an unknown generator",
    "/v1/galleries",
    { source: "generator", count: 2, generator: "x" },
    422,
    "unknown-model",
  ),
  ...["", "..", "a/b", " default"].map((generator) =>
    json(
      `${JSON.stringify(generator)} as a generator`,
      "/v1/galleries",
      { source: "generator", count: 2, generator },
      400,
      "invalid-request",
    ),
  ),
  json("an unknown gallery", "/v1/packings", { near: "gal_0", count: 4 }, 404, "not-found"),
  json("a packing of one", "/v1/packings", { near: "gal_0", count: 1 }, 400, "invalid-request"),
  json(
    "a packing that extends one that is not there",
    "/v1/packings",
    () => ({ near: gallery, count: 40, extends: "pak_0" }),
    404,
    "not-found",
  ),
  json(
    "a packing that extends another by nobody",
    "/v1/packings",
    () => ({ near: gallery, count: 4, extends: packing }),
    422,
    "invalid-packing",
  ),
  json("a gallery term without a set", "/v1/packings", { count: 4 }, 422, "invalid-packing"),
  json(
    "a start that is no set",
    "/v1/packings",
    () => ({ near: gallery, count: 4, start: "given" }),
    400,
    "invalid-request",
  ),
  json(
    "sets of two embedders",
    "/v1/packings",
    () => ({ near: gallery, count: 4, model: "mobilefacenet-192" }),
    422,
    "model-mismatch",
  ),
  json(
    "more identities than vectors to start from",
    "/v1/packings",
    () => ({ near: gallery, count: 5, start: gallery }),
    422,
    "invalid-packing",
  ),
  json(
    "a code of too many points",
    "/v1/packings",
    () => ({ near: gallery, count: 600_000, start: "code", iterations: 0 }),
    422,
    "invalid-packing",
  ),
  json("beta below 0", images, { count: 1, beta: -0.1 }, 400, "invalid-request"),
  json("no image at all", images, { count: 0 }, 400, "invalid-request"),
  {
    what: "beta below 0 in a URL",
    path: () => `${images()}/0?beta=-1`,
    status: 400,
    code: "invalid-request",
  },
  {
    what: "beta that is no number",
    path: () => `${images()}/0?beta=much`,
    status: 400,
    code: "invalid-request",
  },
  ...["", "%20", "0x1", "1e0", "0,5", "5&beta=5"].map((beta) => ({
    what: `beta=${beta}`,
    path: () => `${images()}/0?beta=${beta}`,
    status: 400,
    code: "invalid-request",
  })),
  ...["galleries", "packings", "jobs"].flatMap((kind) =>
    ["%00", "x", "gal_%00", "pak_A", `job_${"0".repeat(50)}`].map((id) => ({
      what: `${kind} of an id that is none, ${id.slice(0, 8)}`,
      path: `/v1/${kind}/${id}`,
      status: 404,
      code: "not-found",
    })),
  ),
  {
    what: "a misspelt query name",
    path: () => `${images()}/0?betta=0.1`,
    status: 400,
    code: "invalid-request",
  },
  {
    what: "a query name where there is none",
    path: () => `/v1/packings/${packing}?fields=id`,
    status: 400,
    code: "invalid-request",
  },
  json("a misspelt field", images, { count: 1, betta: 0.1 }, 400, "invalid-request"),
  json(
    "a misspelt field of a packing's settings",
    "/v1/packings",
    () => ({ near: gallery, count: 4, annealing: { sharpnes: [1, 2], step: [0.1, 0.1] } }),
    400,
    "invalid-request",
  ),
  json(
    "U+0000 in a name",
    "/v1/galleries",
    { ...upload(vectors), name: "a\u0000b" },
    400,
    "invalid-request",
  ),
  {
    what: "a name that is there twice",
    path: "/v1/galleries",
    type: "application/json",
    body: () => '{"source":"generator","count":1,"count":2}',
    status: 400,
    code: "invalid-request",
  },
  json("U+0000 in a generator", images, { count: 1, generator: "\u0000" }, 400, "invalid-request"),
  json("samples beyond the last", images, { count: 2, first: 0xffff_ffff }, 400, "invalid-request"),
  {
    what: "an identity that is not there",
    path: () => `/v1/packings/${packing}/identities/4`,
    status: 404,
    code: "not-found",
  },
  {
    what: "an identity that is no number",
    path: () => `/v1/packings/${packing}/identities/x`,
    status: 400,
    code: "invalid-request",
  },
  { what: "an unknown packing", path: "/v1/packings/pak_0", status: 404, code: "not-found" },
  { what: "an unknown job", path: "/v1/jobs/job_0/events", status: 404, code: "not-found" },
  { what: "a path of nothing", path: "/v1/faces", status: 404, code: "not-found" },
  {
    what: "a cursor of nobody's",
    path: "/v1/jobs?cursor=..%2F",
    status: 400,
    code: "invalid-request",
  },
  { what: "a limit beyond 100", path: "/v1/jobs?limit=1000", status: 400, code: "invalid-request" },
];

describe("each gets a problem that says what to change", () => {
  test.each(BAD)("$what", async ({ path, type, body, status, code }) => {
    const url = `${system.url}${typeof path === "string" ? path : path()}`;
    const payload = (await body?.()) as string | Uint8Array<ArrayBuffer> | undefined;
    const response = await fetch(url, {
      method: payload === undefined ? "GET" : "POST",
      ...(type ? { headers: { "content-type": type } } : {}),
      ...(payload === undefined ? {} : { body: payload }),
    });
    const spec = (await response.json()) as Record<string, unknown> & { detail: string };
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(spec).toMatchObject({ status, type: `urn:hyperface:problem:${code}` });
    expect(response.status).toBe(status);
    expect(spec.detail.length).toBeGreaterThan(15);
    expect(spec.detail).not.toMatch(/undefined|\[object|node_modules|\.ts/);
  });
});

test("no one of them stopped the server", async () => {
  const { embeddings, images: made } = system.hyperface;
  const bytes = await made.get(packing, 0, 0);
  expect((await sharp(bytes).metadata()).format).toBe("png");
  expect((await embeddings.create([face])).images[0]?.faces).toHaveLength(1);
  expect((await fetch(`${system.url}/health/ready`)).status).toBe(200);
});
