import { EmbeddingOptions } from "@hyperface/contracts";
import { expect, test } from "vitest";
import { chooseFaces } from "./choose.ts";

const box = (x: number, y: number, side: number) => ({
  x1: x - side / 2,
  y1: y - side / 2,
  x2: x + side / 2,
  y2: y + side / 2,
  score: 1,
});
const image = { width: 400, height: 300, name: "it" };
/** Twice 150 squared is 45,000 from the middle: area 40,000 there is worth less than 8,100 in the middle. */
const corner = box(50, 150, 200);
const middle = box(200, 150, 90);
const choose = (faces: string, found = [corner, middle]) =>
  chooseFaces(found, image, EmbeddingOptions.parse({ faces }));

test("the central face is not the largest", () => {
  expect(choose("central")).toEqual([middle]);
  expect(choose("largest")).toEqual([corner]);
  expect(choose("all")).toEqual([corner, middle]);
  expect(() => choose("one")).toThrow("2 faces");
});

test("where there is none, what was looked for is said", () => {
  const options = EmbeddingOptions.parse({ smallestFace: "0.5" });
  expect(() => chooseFaces([], image, options)).toThrow(/a face of at least 0.5 of its short side/);
});

test("a much larger face is worth more, wherever it is", () => {
  const large = box(150, 150, 240);
  expect(choose("central", [large, middle])).toEqual([large]);
  expect(choose("central", [middle])).toEqual([middle]);
});
