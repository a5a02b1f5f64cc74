import {
  AxisName,
  type DatasetCertificate,
  type DatasetSpec,
  type Spread,
} from "@hyperface/contracts";
import { barChart, lineChart } from "./charts.ts";
import { describeConditions } from "./conditions.ts";
import { escaped, number, pageHead, percent, pictureOf, table } from "./html.ts";

export interface CertificatePage {
  certificate: DatasetCertificate;
  /** Some images of some identities, a row each. */
  sheet: readonly { identity: number; images: readonly Uint8Array[] }[];
  /** Of the images. */
  mediaType: string;
}

/** A dataset's certificate as one HTML page that needs nothing beside it. */
export function certificatePage({ certificate, sheet, mediaType }: CertificatePage): string {
  const { dataset, made, promised, identities, generator, model, spec } = certificate;
  return `${pageHead(`Certificate of ${dataset}`)}
<h1>Certificate of ${escaped(dataset)}</h1>
<p>${made} of ${promised} images of ${identities} identities, by generator ${escaped(generator.name)} (${escaped(generator.sha256.slice(0, 12))}); embeddings of ${escaped(model.name)} (${escaped(model.sha256.slice(0, 12))}).</p>
<p>${escaped(recipeOf(spec))}</p>
${sheetOf(sheet, mediaType)}
${drawnOf(certificate)}
${betweenOf(certificate)}
${withinOf(certificate)}
${verificationOf(certificate)}
${leakageOf(certificate)}
</html>
`;
}

const SPREAD_HEAD = ["", "mean", "smallest", "5 %", "median", "95 %", "largest"];
const spreadRow = (name: string, spread: Spread | null): string[][] =>
  spread
    ? [
        [
          name,
          ...[spread.mean, spread.smallest, spread.p05, spread.p50, spread.p95, spread.largest].map(
            number,
          ),
        ],
      ]
    : [];

function recipeOf(spec: DatasetSpec): string {
  const { beta, seed, align, size, maxAttempts, filters, leakage } = spec;
  const limits = [
    ...Object.entries(filters).map(([name, limit]) => `${name} ${limit}`),
    ...(leakage ? [`a cosine with ${leakage.setId} of at most ${leakage.maxSimilarity}`] : []),
  ];
  const kept = limits.length > 0 ? ` Kept by ${limits.join(", ")}.` : "";
  return `Beta ${beta}, seed ${seed}. ${describeConditions(spec)} Align ${align}, ${size} x ${size} pixels.${kept} Up to ${maxAttempts} attempts an image.`;
}

function sheetOf(sheet: CertificatePage["sheet"], mediaType: string): string {
  const rows = sheet.map(
    ({ identity, images }) =>
      `<div class="sheet" title="identity ${identity}"><span>${identity}</span>${images.map((bytes) => pictureOf(bytes, mediaType)).join("")}</div>`,
  );
  return `<h2>Images</h2>\n<p>An identity a row, its number first.</p>\n${rows.join("\n")}`;
}

function drawnOf({ drawn: { draw, cosine, farthest } }: DatasetCertificate): string {
  if (draw === 0) {
    return "<h2>References</h2>\n<p>Nothing was drawn (draw 0): images are made from the references themselves, at cosine 1 with them.</p>";
  }
  const head = `<h2>References</h2>
<p>Images are made from each identity's reference as it was drawn to plain portraits, at strength ${draw}.`;
  if (!cosine) return `${head} How far that moved it is not known.</p>`;
  return `${head} Identity ${farthest} moved farthest; the manifest has each one's cosine, drawnSimilarity.</p>
${table(SPREAD_HEAD, spreadRow("drawn reference with the reference, cosine", cosine))}`;
}

function betweenOf({ separation: { between }, packing }: DatasetCertificate): string {
  if (!between) return "";
  const { rankin, levenshtein } = packing.bounds;
  const bound = Math.max(rankin, levenshtein ?? rankin);
  return `<h2>Between identities</h2>
${table(SPREAD_HEAD, spreadRow("nearest other centre, cosine", between.nearest))}
<p>The closest two are ${between.pair.join(" and ")}, at ${number(between.maxCosine)}. Their packing's references come as near as ${number(packing.maxCosine)}; no set of its size stays below ${number(bound)}.</p>
${table(
  ["nearest other centre below", ...between.unique.map(({ threshold }) => threshold.toFixed(2))],
  [[`of ${between.identities} identities`, ...between.unique.map(({ count }) => String(count))]],
)}`;
}

function withinOf({
  separation: { within },
  images,
  attemptsPerImage,
}: DatasetCertificate): string {
  const rows = [
    ...spreadRow("mean cosine with the centre", within?.consistency ?? null),
    ...spreadRow("mean cosine distance of two images", within?.diversity ?? null),
    ...spreadRow("cosine with the reference", images.similarity),
    ...spreadRow("cosine with the nearest other reference", images.nearestOtherSimilarity),
    ...spreadRow("quality", images.quality),
    ...spreadRow("detection score", images.detectionScore),
    ...spreadRow("yaw, degrees", images.yaw),
    ...spreadRow("pitch, degrees", images.pitch),
    ...spreadRow("roll, degrees", images.roll),
    ...AxisName.options.flatMap((axis) =>
      spreadRow(`${axis} as drawn, standard deviations`, images.axes[axis] ?? null),
    ),
  ];
  return `<h2>Within identities</h2>
${table(SPREAD_HEAD, rows)}
<p>${number(attemptsPerImage)} images were drawn for each that was kept.</p>`;
}

const FOLDS = 10;

function verificationOf({ separation: { verification } }: DatasetCertificate): string {
  if (!verification) return "";
  const { genuinePairs, impostorPairs, equalErrorRate, roc, curve, histograms } = verification;
  const share = (counts: readonly number[], total: number) => counts.map((count) => count / total);
  /** Pairs of a fold: a share finer than one of them shows as none. */
  const [genuineOfFold, impostorsOfFold] = [genuinePairs / FOLDS, impostorPairs / FOLDS];
  const coarse = (rate: number) => (rate * impostorsOfFold < 1 ? ", finer than a fold tells" : "");
  const none =
    equalErrorRate.mean === 0
      ? ` No fold has an error, in ${Math.round(genuineOfFold)} genuine pairs each: rates far below ${percent(1 / genuineOfFold)} do not show.`
      : "";
  const interval = ({ mean, low, high }: typeof equalErrorRate) =>
    `${percent(mean)} (${percent(low)} to ${percent(high)})`;
  return `<h2>Telling them apart</h2>
<p>${genuinePairs} genuine and ${impostorPairs} impostor pairs of ${verification.images} images of ${verification.identities} identities, in ten folds; in brackets 95 % of the folds' mean. Equal error rate ${interval(equalErrorRate)}.${none}</p>
${table(
  ["false match rate", "true match rate", "threshold"],
  roc.map((point) => [
    `${point.falseMatchRate}${coarse(point.falseMatchRate)}`,
    interval(point.trueMatchRate),
    number(point.threshold),
  ]),
)}
${barChart({
  title: "cosines of genuine (blue) and impostor (red) pairs",
  from: -1,
  to: 1,
  series: [
    { colour: "#c0392b", values: share(histograms.impostor, impostorPairs) },
    { colour: "#2471a3", values: share(histograms.genuine, genuinePairs) },
  ],
})}
${lineChart({
  title: "true match rate against false match rate",
  points: curve.map(({ falseMatchRate, trueMatchRate }) => [
    Math.log10(falseMatchRate),
    trueMatchRate,
  ]),
  ticks: [-5, -4, -3, -2, -1, 0].map((power) => ({ at: power, label: `1e${power}` })),
})}`;
}

function leakageOf({ leakage }: DatasetCertificate): string {
  if (leakage.length === 0) return "<h2>Leakage</h2>\n<p>No leakage check was made of it.</p>";
  const rows = leakage.map((check) => [
    check.leakageCheck,
    check.reference,
    number(check.largestCosine),
    number(check.threshold),
    String(check.vectorsAbove),
  ]);
  const head = ["check", "against", "largest cosine", "threshold", "images that reach it"];
  return `<h2>Leakage</h2>\n${table(head, rows)}`;
}
