import { ImageItem } from "@hyperface/contracts";
import { expect, test } from "vitest";
import { useDependencies } from "../../test-dependencies.ts";
import {
  type Behaviour,
  faceOf,
  GENERATOR,
  type Picture,
  readPicture,
  testServices,
} from "../../test-services.ts";
import { checkAlignedSize, createAlignedImages, MOST_ATTEMPTS } from "./aligned.ts";

const seen: Picture[] = [];
const behaviour: Behaviour = {
  /** Sample s shows a face in its attempt s, and not before. */
  look(picture) {
    seen.push(picture);
    return (picture.attempt ?? 0) < picture.sample ? [] : [faceOf(picture.embedding)];
  },
};
const gateway = useDependencies(testServices(behaviour));

test("only pictures without a face are made again, and given up after some attempts", async () => {
  const items = [0, 2, MOST_ATTEMPTS].map((sample) =>
    ImageItem.parse({ embedding: Float32Array.of(1, 0, 0, 0), identity: 0, sample }),
  );
  const request = { generator: "default", items, labels: { packing: "pak_1" } };
  const options = { format: "webp" } as const;
  const { images, arithmetic } = await createAlignedImages(
    gateway.deps,
    GENERATOR,
    request,
    options,
  );
  const attempts = images.map((image) => image && readPicture(image.data).attempt);
  expect(attempts).toEqual([0, 2, null]);
  expect(seen.map(({ sample, attempt }) => [sample, attempt])).toEqual([
    ...[0, 2, MOST_ATTEMPTS].map((sample) => [sample, 0]),
    ...[2, MOST_ATTEMPTS].map((sample) => [sample, 1]),
    ...[2, MOST_ATTEMPTS].map((sample) => [sample, 2]),
    [MOST_ATTEMPTS, 3],
  ]);
  expect(seen.every(({ format }) => format === "ppm")).toBe(true);
  expect(images[0]?.provenance.labels).toEqual({ packing: "pak_1", align: "detect" });
  expect(arithmetic).toBe("here");
});

test("aligned faces have one size", () => {
  checkAlignedSize(undefined, "align not");
  checkAlignedSize(112, "align not");
  expect(() => checkAlignedSize(128, "align not")).toThrow(
    expect.objectContaining({
      code: "invalid-request",
      errors: [{ pointer: "/size", detail: expect.stringContaining("or align not") }],
    }),
  );
});
