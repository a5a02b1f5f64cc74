import { ImageQuery } from "@hyperface/contracts";
import { beforeEach, expect, test } from "vitest";
import { useDependencies } from "../../test-dependencies.ts";
import { type Behaviour, GENERATOR, readPicture, testServices } from "../../test-services.ts";
import { addPacking } from "../../test-sets.ts";
import { deleteResource } from "../resources/delete.ts";
import { createImageCache, type ImageCache } from "./cache.ts";
import { prepareImage } from "./get.ts";

const behaviour: Behaviour = {};
const gateway = useDependencies(testServices(behaviour));
let packingId: string;
beforeEach(async () => {
  behaviour.generator = GENERATOR;
  packingId ??= await addPacking(gateway.deps);
});

const prepare = (query: object = {}, key: object = {}, format: "png" | "webp" = "png") =>
  prepareImage(
    gateway.deps,
    { packingId, identity: 0, sample: 0, ...key },
    { query: ImageQuery.parse(query), format },
  );

test("the ETag is another for all that the bytes are a function of, and for nothing else", async () => {
  const { etag } = await prepare();
  expect(etag).toMatch(/^"[\w-]{43}"$/);
  const others = await Promise.all([
    prepare({ beta: "0.01" }),
    prepare({ seed: "1" }),
    prepare({ ground: "none" }),
    prepare({ yaw: "1" }),
    prepare({ size: "32" }),
    prepare({}, { sample: 1 }),
    prepare({}, { identity: 1 }),
    prepare({}, {}, "webp"),
  ]);
  expect(new Set([etag, ...others.map((image) => image.etag)]).size).toBe(9);
  // The generator's own side is what is made where none is asked for.
  expect((await prepare({ size: String(GENERATOR.size) })).etag).toBe(etag);
  for (const change of [
    { sha256: "3".repeat(64) },
    { controls: "4".repeat(64) },
    { arithmetic: "there" },
  ]) {
    behaviour.generator = { ...GENERATOR, ...change };
    expect((await prepare()).etag).not.toBe(etag);
  }
});

test("an image that another process made has the ETag of its arithmetic", async () => {
  const prepared = await prepare();
  behaviour.generator = { ...GENERATOR, arithmetic: "there" };
  const made = await prepared.make();
  expect(made.etag).not.toBe(prepared.etag);
  expect(made.etag).toBe((await prepare()).etag);
});

test("it is made of the identity's reference, and says of which packing", async () => {
  const { data } = await (await prepare({ yaw: "1" }, { identity: 1, sample: 7 })).make();
  expect(readPicture(data)).toMatchObject({
    embedding: Float32Array.of(0, 1, 0, 0),
    identity: 1,
    sample: 7,
    yaw: 1,
    size: GENERATOR.size,
    labels: { packing: packingId },
  });
});

test("what the generator cannot do is refused before anything is drawn", async () => {
  await expect(prepare({ pitch: "1" })).rejects.toMatchObject({
    code: "unsupported-condition",
    errors: [{ pointer: "pitch" }],
  });
  await expect(prepare({}, { identity: 2 })).rejects.toMatchObject({ code: "not-found" });
});

test("one that was made is kept for who asks again, as far as there is room", async () => {
  let made = 0;
  const { deps } = gateway;
  const images = { ...deps.generate };
  images.createImages = (...asked) => {
    made++;
    return deps.generate.createImages(...asked);
  };
  const ask = (imageCache: ImageCache, sample: number) =>
    prepareImage(
      { ...deps, generate: images, imageCache },
      { packingId, identity: 0, sample },
      { query: ImageQuery.parse({}), format: "png" },
    ).then(({ findMade, make }) => findMade() ?? make());
  const first = await ask(createImageCache(0), 0);
  await ask(createImageCache(0), 0);
  expect(made).toBe(2);
  const room = 1.5 * (first.data.length + JSON.stringify(first.provenance).length);
  const small = createImageCache(Math.floor(room));
  for (const sample of [0, 0, 1, 1]) await ask(small, sample);
  expect(made).toBe(4);
  expect(await ask(small, 0)).toEqual(first);
  expect(made).toBe(5);
});

test("a packing that is deleted is not found, though it was a moment ago", async () => {
  const packingId = await addPacking(gateway.deps);
  await prepare({}, { packingId });
  await deleteResource(gateway.deps, { kind: "packing", id: packingId }, { cascade: false });
  await expect(prepare({}, { packingId })).rejects.toMatchObject({ code: "not-found" });
});
