import sharp from "sharp";
import type { Chance } from "./chance.ts";
import { writeNpy } from "./npy.ts";

export interface Answer {
  status: number;
  headers: Headers;
  bytes: Uint8Array;
}

export interface HostileRequest {
  path: string;
  method?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer>;
  /** Pictures that it asks to be embedded or made, one where it does not say; each may cost as much as a request. */
  asks?: number;
  /** The client closes its connection after so many milliseconds. */
  leavesAfter?: number;
  /** Whether an answer of success stands for something else than what was asked. */
  isSilentChange?(answer: Answer): boolean | Promise<boolean>;
}

/** What there is at the server, to ask it about. */
export interface Target {
  url: string;
  gallery: string;
  packing: string;
  finishedJob: string;
  /** A picture of a face. */
  face: Buffer;
  /** Unit rows of length `columns`, and what compares them with a gallery's. */
  rows: Float32Array;
  columns: number;
  isOtherThanRows(gallery: string): Promise<boolean>;
  /** Whether faces in an answer are others than that of `face`. */
  isOtherFace(answer: Answer): boolean;
}

type Kind = (chance: Chance, target: Target) => HostileRequest | Promise<HostileRequest>;

const JSON_TYPE = { "content-type": "application/json" };
const post = (path: string, body: unknown, rest: Partial<HostileRequest> = {}): HostileRequest => ({
  path,
  method: "POST",
  headers: JSON_TYPE,
  body: typeof body === "string" ? body : JSON.stringify(body),
  ...rest,
});
const picture = (
  bytes: Uint8Array,
  query = "",
  rest: Partial<HostileRequest> = {},
): HostileRequest => ({
  path: `/v1/embeddings?faces=largest${query}`,
  method: "POST",
  headers: { "content-type": "image/png" },
  body: new Uint8Array(bytes),
  ...rest,
});
const succeeds = ({ status }: Answer) => status < 300;
const imagePath = ({ packing }: Target, query: string) =>
  `/v1/packings/${packing}/identities/1/images/0?${query}`;

/** Numbers as text that only careless parsers take. */
const ODD_NUMBERS = [
  "",
  " ",
  "%20",
  "0x1",
  "1e0",
  "+1",
  "1.",
  ".5",
  "NaN",
  "Infinity",
  "-0x0",
  "1_0",
  "١",
  "1%00",
  "1,5",
  "null",
];
const ODD_TEXT = [
  "\u0000",
  "\ud800",
  "a".repeat(300),
  "../..",
  "%00",
  "🙂".repeat(150),
  "';--",
  "constructor",
  "__proto__",
];

export const KINDS: Record<string, Kind> = {
  async thinPicture(chance) {
    const long = chance.whole(100, 20_000);
    const short = chance.whole(1, 60);
    const [width, height] = chance.of([
      [long, short],
      [short, long],
    ]) as [number, number];
    const create = { width, height, channels: 3, background: "#888" } as const;
    return picture(await sharp({ create }).png().toBuffer(), "&allowMissing=true");
  },
  async compressiblePictures(chance) {
    const side = chance.whole(1000, 8000);
    const create = { width: side, height: side, channels: 3, background: "#777" } as const;
    const file = (await sharp({ create }).png().toBuffer()).toString("base64");
    const images = Array.from({ length: chance.whole(1, 8) }, () => file);
    return post("/v1/embeddings?allowMissing=true", { images }, { asks: images.length });
  },
  async damagedPicture(chance, { face }) {
    const type = chance.of(["png", "jpeg", "webp"] as const);
    const file = await sharp(face).toFormat(type).toBuffer();
    for (let k = chance.whole(0, 8); k > 0; k--)
      file[chance.whole(0, file.length - 1)] = chance.whole(0, 255);
    const cut = file.subarray(0, chance.of([file.length, chance.whole(1, file.length)]));
    return picture(cut, "&allowMissing=true");
  },
  async turnedFace(chance, { face, isOtherFace }) {
    const turned = await sharp(face)
      .rotate(chance.of([90, 180, 270]))
      .png()
      .toBuffer();
    return picture(turned, "", {
      isSilentChange: (answer) => succeeds(answer) && isOtherFace(answer),
    });
  },
  base64(chance, { face, isOtherFace }) {
    const text = face.toString("base64");
    const wrapped = chance.of([
      `data:image/png;base64,${text}`,
      text.replace(/.{76}/g, "$&\r\n"),
      text.replaceAll("+", "-").replaceAll("/", "_"),
      text.slice(0, chance.whole(0, text.length)),
      `${text}!`,
    ]);
    const isSilentChange = (answer: Answer) => succeeds(answer) && isOtherFace(answer);
    return post("/v1/embeddings?faces=largest", { images: [wrapped] }, { isSilentChange });
  },
  cutOffPicture: (chance, { face }) =>
    picture(new Uint8Array(face), "", { leavesAfter: chance.whole(0, 60) }),
  oddNumber(chance, target) {
    const name = chance.of(["beta", "size", "seed", "draw", "yaw"]);
    return {
      path: imagePath(target, `${name}=${chance.of(ODD_NUMBERS)}`),
      isSilentChange: succeeds,
    };
  },
  misspeltQuery(chance, target) {
    const name = chance.of(["betta", "sed", "Size", "beta[]", "limit", "constructor"]);
    return { path: imagePath(target, `${name}=1`), isSilentChange: succeeds };
  },
  twiceInQuery: (chance, target) => ({
    path: imagePath(target, chance.of(["beta=0&beta=1", "size=64&size=32", "seed=1&seed=1"])),
    isSilentChange: succeeds,
  }),
  misspeltBody(chance, { gallery }) {
    const name = chance.of([
      "learningrate",
      "Count",
      "iteration",
      "name ",
      "__proto__",
      "galleryID",
    ]);
    const body = `{"near":"${gallery}","count":4,"iterations":1,${JSON.stringify(name)}:1}`;
    return post("/v1/packings", body, { isSilentChange: succeeds });
  },
  keyTwice(chance, { gallery }) {
    const [a, b] = chance.of([
      ['"count":4', '"count":5'],
      ['"seed":1', '"\\u0073eed":2'],
      ['"near":"x"', `"near":"${gallery}"`],
    ]) as [string, string];
    return post("/v1/packings", `{"near":"${gallery}",${a},${b},"count":4,"iterations":1}`, {
      isSilentChange: succeeds,
    });
  },
  brokenJson(chance, { gallery }) {
    const text = JSON.stringify({ near: gallery, count: 4, iterations: 1, name: "é\u0007" });
    const bytes = new Uint8Array(Buffer.from(text));
    for (let k = chance.whole(1, 4); k > 0; k--)
      bytes[chance.whole(0, bytes.length - 1)] = chance.whole(0, 255);
    return post(chance.of(["/v1/packings", "/v1/galleries", "/v1/datasets"]), "", { body: bytes });
  },
  deepJson(chance) {
    const depth = chance.whole(10, 1_000_000);
    const [open, close] = chance.of([
      ["[", "]"],
      ['{"a":', "}"],
    ]) as [string, string];
    return post("/v1/galleries", `${open.repeat(depth)}1${close.repeat(chance.of([depth, 0]))}`);
  },
  manyNames: (chance) =>
    post(
      "/v1/galleries",
      `{${Array.from({ length: chance.whole(10, 50_000) }, (_, k) => `"${k}":0`)}}`,
    ),
  npy(chance, { rows, columns, isOtherThanRows }) {
    return {
      path: "/v1/galleries",
      method: "POST",
      headers: { "content-type": "application/x-npy" },
      body: new Uint8Array(writeNpy(rows, columns, chance)),
      isSilentChange: async (answer) =>
        succeeds(answer) && isOtherThanRows(JSON.parse(Buffer.from(answer.bytes).toString()).id),
    };
  },
  damagedNpy(chance, { rows, columns }) {
    const file = writeNpy(rows, columns, chance);
    for (let k = chance.whole(1, 3); k > 0; k--) file[chance.whole(0, 127)] = chance.whole(0, 255);
    const body = new Uint8Array(
      file.subarray(0, chance.of([file.length, chance.whole(0, file.length)])),
    );
    return {
      path: "/v1/galleries",
      method: "POST",
      headers: { "content-type": "application/x-npy" },
      body,
    };
  },
  oddVectors(chance) {
    const value = chance.of([0, 1e308, -1e308, 5e-324, 1e39, "1", null]);
    const embeddings = [Array.from({ length: chance.of([512, 511, 2]) }, () => value)];
    return post("/v1/galleries", { source: "upload", embeddings });
  },
  oddPacking(chance, { gallery }) {
    const settings = {
      count: chance.of([2, 4, 8, 0, -1, 1e9, 2.5]),
      iterations: chance.of([0, 1, 50, -1, 1e12]),
      alpha: chance.of([0, 0.5, 1000, 1e39, -1]),
      annealing: {
        beta: [1, chance.of([10, 1e39, 0, -5])],
        step: [chance.of([0.05, 1e39, -1, 0]), 5e-5],
      },
      seed: chance.of([0, 2 ** 53, -1, 1.5]),
      minimumDistance: chance.of([0, 1, 2, 3]),
    };
    const chosen = Object.entries(settings).filter(
      ([name]) => name === "count" || chance.whole(0, 2) === 0,
    );
    return post(
      "/v1/packings",
      { near: gallery, iterations: 10, ...Object.fromEntries(chosen) },
      {
        headers: { ...JSON_TYPE, prefer: "wait=20" },
        isSilentChange({ status, bytes }) {
          if (status !== 201) return false;
          const { metrics } = JSON.parse(Buffer.from(bytes).toString());
          return !(Number.isFinite(metrics?.maxCosine) && Math.abs(metrics.maxCosine) <= 1);
        },
      },
    );
  },
  oddId(chance) {
    const id = encodeURIComponent(
      chance.of([...ODD_TEXT.filter((text) => text.isWellFormed()), "gal_", "pak_0"]),
    );
    const noun = chance.of(["galleries", "packings", "jobs", "datasets"]);
    return {
      path: `/v1/${noun}/${id}${chance.of(["", "/embeddings", "/events"])}`,
      method: chance.of(["GET", "DELETE"]),
      isSilentChange: succeeds,
    };
  },
  oddName: (chance, { gallery }) => ({
    path: `/v1/galleries/${gallery}`,
    method: "PATCH",
    headers: JSON_TYPE,
    body: JSON.stringify({ name: chance.of(ODD_TEXT) }),
  }),
  oddList(chance) {
    const query = chance.of([
      `cursor=${Buffer.from(chance.bytes(20)).toString("base64url")}`,
      `sort=name&cursor=${Buffer.from("gal_a \u0000").toString("base64url")}`,
      `createdAfter=${chance.of(["0000-01-01T00:00:00Z", "yesterday", "9999-12-31T23:59:59-12:00", "2026-02-30T00:00:00Z"])}`,
      `name=${encodeURIComponent(chance.of(["%", "_", "\\", "'", "🙂"]))}`,
      `limit=${chance.of(ODD_NUMBERS)}`,
    ]);
    return { path: `/v1/${chance.of(["galleries", "packings", "datasets"])}?${query}` };
  },
  oddHeaders(chance, target) {
    const junk = chance.of([
      "",
      "*",
      ",,,",
      '"',
      "W/",
      "a=b;q=",
      "é".normalize("NFC"),
      "x".repeat(4000),
      "bytes=-",
      "wait=",
      'wait="'.repeat(100),
    ]);
    const name = chance.of([
      "accept",
      "accept-encoding",
      "if-none-match",
      "prefer",
      "idempotency-key",
      "content-type",
      "last-event-id",
    ]);
    return chance.of([
      { path: imagePath(target, "size=64"), headers: { [name]: junk } },
      post(
        "/v1/packings",
        { near: target.gallery, count: 4, iterations: 0 },
        { headers: { ...JSON_TYPE, [name]: junk } },
      ),
      { path: `/v1/jobs/${target.finishedJob}/events`, headers: { [name]: junk } },
    ]);
  },
  oddImages(chance, { packing }) {
    const body = {
      count: chance.of([0, 1, 2, -1, 257, 1e9]),
      first: chance.of([0, 4294967295, -1, 1e300]),
      size: chance.of([16, 64, 15, 100_000]),
      beta: chance.of([0, 10, 11, -1]),
    };
    return post(`/v1/packings/${packing}/identities/1/images`, body);
  },
  leavingClient: (chance, { packing }) =>
    post(
      `/v1/packings/${packing}/identities/1/images`,
      { count: 64, size: 512 },
      { leavesAfter: chance.whole(1, 300) },
    ),
};
