import type { LeakageReport } from "@hyperface/contracts";
import { barChart } from "./charts.ts";
import { escaped, number, pageHead, pictureOf, table } from "./html.ts";

/** A file that a page shows. */
export interface Picture {
  bytes: Uint8Array;
  mediaType: string;
}

export interface LeakagePage {
  report: LeakageReport;
  /** What there is of the nearest pairs to be seen, in the report's order: of the set's own, and of the reference's. */
  pictures: readonly { own: Picture | undefined; reference: Picture | undefined }[];
}

/** A leakage check's report as one HTML page that needs nothing beside it. */
export function leakagePage({ report, pictures }: LeakagePage): string {
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
<p>${escaped(sheetNote(report, pictures))}</p>
${pictures.map((pair, k) => pairOf(pair, report, k)).join("")}
${pairTable(report)}
<p>${report.signature ? "The report is signed; its JSON has the signature." : "The report is not signed."}</p>
</html>
`;
}

/** Nothing of a pair of which neither side is to be seen. */
function pairOf(
  { own, reference }: LeakagePage["pictures"][number],
  { top, threshold }: LeakageReport,
  k: number,
): string {
  const shown = [own, reference].flatMap((side) => side ?? []);
  if (shown.length === 0) return "";
  const cosine = top[k]?.cosine ?? 0;
  const isAbove = threshold !== null && cosine >= threshold;
  const images = shown.map(({ bytes, mediaType }) => pictureOf(bytes, mediaType)).join("");
  const caption = `<figcaption${isAbove ? ' class="above"' : ""}>${k + 1}: ${number(cosine)}</figcaption>`;
  return `<figure>${images}${caption}</figure>`;
}

/** Whose pictures stand where, and why some do not. */
function sheetNote(report: LeakageReport, pictures: LeakagePage["pictures"]): string {
  const { set, reference, threshold } = report;
  const [hasOwn, hasReference] = [
    pictures.some(({ own }) => own),
    pictures.some((pair) => pair.reference),
  ];
  const first = `the first ${pictures.length} pairs, each with its cosine`;
  const red = threshold === null ? "" : ", red where it reaches the threshold";
  if (hasOwn && hasReference) {
    return `Of ${first}${red}: left what is of ${set}, right the face of ${reference} that it resembles.`;
  }
  if (hasReference)
    return `Of ${first}${red}: the face of ${reference}. Of ${set} no images are at hand.`;
  const none = whyNoPictures(report);
  return hasOwn
    ? `Of ${first}${red}: the image of ${set}. ${none}`
    : `Of ${set} no images are at hand. ${none}`;
}

/** Of the reference set. */
function whyNoPictures({ reference, top }: LeakageReport): string {
  if (reference.startsWith("pak_")) {
    return `Identity n of ${reference} is drawn by GET /v1/packings/${reference}/identities/n/images/0.`;
  }
  if (top.some(({ referencePhotograph }) => referencePhotograph)) {
    return `Of the photographs of ${reference} no faces are kept, so none can stand beside these: make it again with keepFaces=true to see them.`;
  }
  return `Gallery ${reference} is vectors alone: the images they were made of are not kept, so none can stand beside these.`;
}

/** Columns that say nothing of any pair are left out. */
function pairTable({ top }: LeakageReport): string {
  const columns: [string, (pair: LeakageReport["top"][number]) => string][] = [
    ["image", ({ image, photograph }) => image?.key ?? photograph?.file ?? ""],
    ["vector", ({ index }) => String(index)],
    ["reference", ({ referencePhotograph }) => referencePhotograph?.file ?? ""],
    ["reference vector", ({ reference }) => String(reference)],
    ["cosine", ({ cosine }) => number(cosine)],
  ];
  const said = columns.filter(([, tell]) => top.some((pair) => tell(pair) !== ""));
  return table(
    ["pair", ...said.map(([head]) => head)],
    top.map((pair, k) => [String(k + 1), ...said.map(([, tell]) => tell(pair))]),
  );
}
