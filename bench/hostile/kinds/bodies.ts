import { ODD_TEXT } from "../odd.ts";
import { JSON_TYPE, json, type Kind, post, succeeds } from "../request.ts";

/** JSON that is broken, deep, misspelt or says what cannot be. */
export const BODIES: Record<string, Kind> = {
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
        isSilentChange(answer) {
          if (answer.status !== 201) return false;
          const { metrics } = json(answer);
          return !(Number.isFinite(metrics?.maxCosine) && Math.abs(metrics.maxCosine) <= 1);
        },
      },
    );
  },
  oddName: (chance, { gallery }) => ({
    path: `/v1/galleries/${gallery}`,
    method: "PATCH",
    headers: JSON_TYPE,
    body: JSON.stringify({ name: chance.of(ODD_TEXT) }),
  }),
  oddImages(chance, { packing }) {
    const body = {
      count: chance.of([0, 1, 2, -1, 257, 1e9]),
      first: chance.of([0, 4294967295, -1, 1e300]),
      size: chance.of([16, 64, 15, 100_000]),
      beta: chance.of([0, 10, 11, -1]),
    };
    return post(`/v1/packings/${packing}/identities/1/images`, body);
  },
};
