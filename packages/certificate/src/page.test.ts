import { type DatasetCertificate, DatasetSpec } from "@hyperface/contracts";
import { expect, test } from "vitest";
import { barChart, lineChart } from "./charts.ts";
import { certificatePage } from "./page.ts";
import { spreadOf } from "./spread.ts";

const model = { name: "a<b>", sha256: "0".repeat(64) };
const nothing = {
  ...{ similarity: null, nearestOtherSimilarity: null, quality: null, detectionScore: null },
  ...{ yaw: null, pitch: null, roll: null, axes: {} },
};
const certificate: DatasetCertificate = {
  dataset: "dat_1",
  spec: DatasetSpec.parse({ size: 112, identities: { from: 0, to: 3 }, beta: 0.25 }),
  generator: model,
  model,
  ...{ identities: 3, promised: 6, made: 0, attemptsPerImage: null },
  drawn: { draw: 0, cosine: null, farthest: null },
  images: nothing,
  separation: { between: null, within: null, verification: null },
  packing: {
    id: "pak_1",
    maxCosine: null,
    bounds: { rankin: 0, welch: 0, levenshtein: null },
  },
  leakage: [],
};

test("a spread is its values' own", () => {
  const values = Array.from({ length: 101 }, (_, k) => ((k * 37) % 101) / 100);
  expect(spreadOf(values)).toEqual({
    mean: expect.closeTo(0.5, 12),
    ...{ smallest: 0, p05: 0.05, p50: 0.5, p95: 0.95, largest: 1 },
  });
});

test("a page of a dataset without images says so, and names are text in it", () => {
  const page = certificatePage({ certificate, sheet: [], mediaType: "image/jpeg" });
  expect(page).toContain("0 of 6 images of 3 identities, by generator a&lt;b&gt;");
  expect(page).toContain("Beta 0.25, seed 0. Ground any, draw 0, camera none; yaw, pitch,");
  expect(page).toContain("No leakage check was made of it.");
  expect(page).not.toMatch(/a<b>|NaN|undefined|null/);
});

test("a page says whether references were drawn, and how far", () => {
  const pageOf = (drawn: DatasetCertificate["drawn"]) =>
    certificatePage({ certificate: { ...certificate, drawn }, sheet: [], mediaType: "image/png" });
  expect(pageOf({ draw: 0, cosine: spreadOf([1, 1]), farthest: 0 })).toContain(
    "Nothing was drawn (draw 0)",
  );
  const moved = pageOf({ draw: 0.5, cosine: spreadOf([0.875, 0.75, 0.9375]), farthest: 7 });
  expect(moved).toContain("drawn to plain portraits, at strength 0.5. Identity 7 moved farthest");
  expect(moved).toContain(
    "<td>drawn reference with the reference, cosine</td><td>0.8542</td><td>0.7500</td>",
  );
  const unknown = pageOf({ draw: 1, cosine: null, farthest: null });
  expect(unknown).toContain("at strength 1. How far that moved it is not known.");
  expect(unknown).not.toMatch(/null|undefined|NaN/);
});

test("a page has the places on the axes that there are", () => {
  const images = { ...nothing, axes: { light: spreadOf([-1, 0.5]) } };
  const page = certificatePage({
    certificate: { ...certificate, images },
    ...{ sheet: [], mediaType: "image/png" },
  });
  expect(page).toContain("<td>light as drawn, standard deviations</td><td>-0.2500</td>");
  expect(page).not.toContain("side as drawn");
});

test("a page says which error rates its pairs are too few for, and by what images were kept", () => {
  const rate = (mean: number) => ({ mean, low: mean, high: mean });
  const point = (falseMatchRate: number) => {
    return { falseMatchRate, trueMatchRate: rate(1), threshold: 0.25 };
  };
  const verification = {
    ...{ identities: 20, images: 40, genuinePairs: 2000, impostorPairs: 5000 },
    ...{ equalErrorRate: rate(0), roc: [0.01, 0.001].map(point) },
    curve: [0.01, 1].map((falseMatchRate) => ({ falseMatchRate, trueMatchRate: 1 })),
    histograms: { genuine: [0, 2000], impostor: [5000, 0] },
  };
  const spec = { ...certificate.spec, filters: { minSimilarity: 0.5, maxYaw: 30 } };
  const page = certificatePage({
    certificate: { ...certificate, spec, separation: { ...certificate.separation, verification } },
    ...{ sheet: [], mediaType: "image/png" },
  });
  expect(page).toContain("Kept by minSimilarity 0.5, maxYaw 30.");
  expect(page).toContain("No fold has an error, in 200 genuine pairs each: rates far below 0.50 %");
  expect(page).toContain("<td>0.01</td>");
  expect(page).toContain("<td>0.001, finer than a fold tells</td>");
  const some = { ...verification, equalErrorRate: rate(0.02) };
  const errors = { ...certificate.separation, verification: some };
  const other = { ...certificate, separation: errors };
  expect(certificatePage({ certificate: other, sheet: [], mediaType: "image/png" })).not.toContain(
    "No fold has an error",
  );
});

test("a page shows its images as they are", () => {
  const sheet = [{ identity: 4, images: [Uint8Array.of(1, 2, 3)] }];
  const page = certificatePage({ certificate, sheet, mediaType: "image/png" });
  expect(page).toContain(
    'title="identity 4"><span>4</span><img alt="" src="data:image/png;base64,AQID">',
  );
});

test("bars are as high as their values, and a line goes where its points are", () => {
  const bars = barChart({
    ...{ title: "t", from: -1, to: 1 },
    series: [{ colour: "red", values: [0, 1, 0.5, 0] }],
  });
  expect(bars).toContain('d="M180.0 40.0h140.0v140.0h-140.0zM320.0 110.0h140.0v70.0h-140.0z"');
  const line = lineChart({
    title: "t",
    points: [
      [-2, 0],
      [0, 1],
    ],
    ticks: [
      { at: -2, label: "1e-2" },
      { at: 0, label: "1" },
    ],
  });
  expect(line).toContain('points="40.0,180.0 600.0,40.0"');
});
