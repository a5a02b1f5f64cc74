import type { LeakageReport } from "@hyperface/contracts";
import { expect, test } from "vitest";
import { leakagePage, type Picture } from "./leakage-page.ts";

const histogram = [0, 1, 0];
const report: LeakageReport = {
  format: "hyperface-leakage-report-1",
  leakageCheck: "lea_1",
  createdAt: "2026-11-26T00:00:00.000Z",
  ...{ set: "dat_1", reference: "gal_1", model: { name: "m", sha256: "0".repeat(64) } },
  spec: { topK: 2, falseAcceptRate: 1e-4, exclude: 0 },
  sha256: { set: "1".repeat(64), reference: "2".repeat(64) },
  ...{ count: 2, referenceCount: 3, pairs: 6, impostorPairs: 3, falseAccepts: 0 },
  ...{ threshold: 0.5, pairsAbove: 1, vectorsAbove: 1, largestCosine: 0.75 },
  histograms: { pairs: histogram, impostors: histogram, nearest: histogram },
  top: [
    { index: 1, reference: 2, cosine: 0.75 },
    { index: 0, reference: 2, cosine: 0.25 },
  ],
  ...{ dataset: null, signature: null },
};
const picture = (text: string): Picture => ({
  bytes: Buffer.from(text),
  mediaType: "image/jpeg",
});
const image = (text: string) =>
  `<img alt="" src="data:image/jpeg;base64,${Buffer.from(text).toString("base64")}">`;
const nothing = { own: undefined, reference: undefined };
const figures = (page: string) => page.match(/<figure>.*?<\/figure>/gs) ?? [];

test("both sides of a pair stand beside each other, and what reaches the threshold is marked", () => {
  const pictures = [
    { own: picture("a"), reference: picture("b") },
    { own: picture("c"), reference: picture("d") },
  ];
  const page = leakagePage({ report, pictures });
  expect(figures(page)).toEqual([
    `<figure>${image("a")}${image("b")}<figcaption class="above">1: 0.7500</figcaption></figure>`,
    `<figure>${image("c")}${image("d")}<figcaption>2: 0.2500</figcaption></figure>`,
  ]);
  expect(page).toContain("red where it reaches the threshold: left what is of dat_1, right");
});

test("where a side has no pictures the page says why", () => {
  const own = [{ own: picture("a"), reference: undefined }, nothing];
  const named = report.top.map((pair) => ({
    ...pair,
    referencePhotograph: { file: "<b>.jpg", sha256: "3".repeat(64) },
  }));
  const vectors = leakagePage({ report, pictures: own });
  expect(figures(vectors)).toHaveLength(1);
  expect(vectors).toContain("Gallery gal_1 is vectors alone");
  expect(vectors).not.toContain("<th>image</th>");
  const photographs = leakagePage({ report: { ...report, top: named }, pictures: own });
  expect(photographs).toContain("make it again with keepFaces=true");
  expect(photographs).toContain("<td>&lt;b&gt;.jpg</td>");
  const packing = leakagePage({ report: { ...report, reference: "pak_1" }, pictures: [nothing] });
  expect(packing).toContain("Of dat_1 no images are at hand. Identity n of pak_1 is drawn by GET");
  const reversed = [{ own: undefined, reference: picture("b") }];
  const page = leakagePage({ report: { ...report, set: "gal_2" }, pictures: reversed });
  expect(page).toContain("the face of gal_1. Of gal_2 no images are at hand.");
  for (const each of [vectors, photographs, packing, page]) {
    expect(each).not.toMatch(/<b>|undefined|NaN|null/);
  }
});
