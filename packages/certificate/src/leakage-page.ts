import type { LeakageReport } from "@hyperface/contracts";
import { barChart } from "./charts.ts";
import { escaped, number, pageHead, pictureOf, table } from "./html.ts";

export interface LeakagePage {
  report: LeakageReport;
  /** Files of the nearest pairs' images, in the report's order, as far as there are any. */
  pictures: readonly Uint8Array[];
  /** Of the pictures. */
  mediaType: string;
}

/** Why the reference set's side has none: what was embedded is kept of no set, uploaded or generated. */
const referencePictures = (reference: string) =>
  reference.startsWith("pak_")
    ? `Identity n of ${reference} is drawn by GET /v1/packings/${reference}/identities/n/images/0.`
    : `Gallery ${reference} is vectors alone: the images they were made of are not kept, so none can stand beside these.`;

/** A leakage check's report as one HTML page that needs nothing beside it. */
export function leakagePage({ report, pictures, mediaType }: LeakagePage): string {
  const { set, reference, count, referenceCount, threshold, vectorsAbove, histograms } = report;
  const share = (counts: readonly number[]) => {
    const total = counts.reduce((a, b) => a + b, 0);
    return counts.map((each) => each / Math.max(1, total));
  };
  const limit =
    threshold === null
      ? "The reference set has no two vectors: there is no threshold."
      : `${vectorsAbove} of ${count} reach the threshold ${number(threshold)}, which ${report.falseAccepts} of ${report.impostorPairs} pairs of the reference set itself reach.`;
  return `${pageHead(`Leakage check ${report.leakageCheck}`)}
<h1>Leakage check ${escaped(report.leakageCheck)}</h1>
<p>All ${count} vectors of ${escaped(set)} with all ${referenceCount} of ${escaped(reference)}: largest cosine ${number(report.largestCosine)}. ${limit}</p>
${barChart({
  title: "cosines of pairs (blue), of impostors (red), of each nearest pair (green)",
  from: -1,
  to: 1,
  series: [
    { colour: "#2471a3", values: share(histograms.pairs) },
    { colour: "#c0392b", values: share(histograms.impostors) },
    { colour: "#1e8449", values: share(histograms.nearest) },
  ],
})}
<h2>Nearest pairs</h2>
<p>${pictures.length > 0 ? `Images of the first ${pictures.length}, in order.` : `Of ${escaped(set)} no images are at hand.`} ${escaped(referencePictures(reference))}</p>
${pictures.length > 0 ? `<div class="sheet">${pictures.map((bytes) => pictureOf(bytes, mediaType)).join("")}</div>` : ""}
${table(
  ["pair", "image", "vector", "reference vector", "cosine"],
  report.top.map(({ index, reference: nearest, cosine, image }, k) => [
    ...[String(k + 1), image?.key ?? "", String(index), String(nearest), number(cosine)],
  ]),
)}
<p>${report.signature ? "The report is signed; its JSON has the signature." : "The report is not signed."}</p>
</html>
`;
}
