import type { ResourceStatus, SweepRow, SweepTable } from "@hyperface/contracts";
import type { Dependencies } from "../../dependencies.ts";
import { findSweep, listCells } from "./get.ts";
import type { CellRow } from "./made.ts";

const NO_FIGURES = {
  ...{ made: null, missing: null, attemptsPerImage: null },
  ...{ packingMaxCosine: null, packingNearestCosine: null, packingRegulariser: null },
  ...{ centreMaxCosine: null, centreNearestCosine: null, uniqueIdentities: null },
  ...{ similarity: null, otherSimilarity: null, consistency: null, diversity: null },
  ...{ equalErrorRate: null, equalErrorRateLow: null, equalErrorRateHigh: null },
  ...{ trueMatchRate: null, quality: null },
};

/** What a sweep's cells came to so far. @throws HyperFaceError `not-found` */
export async function getSweepTable(
  deps: Pick<Dependencies, "db">,
  id: string,
): Promise<SweepTable> {
  const { status } = await findSweep(deps, id);
  const rows = (await listCells(deps, id)).map((cell) => rowOf(cell, status));
  return { sweep: id, status, rows };
}

function rowOf({ cell, point, figures, error, ...made }: CellRow, sweep: ResourceStatus): SweepRow {
  const { galleryId, packingId, datasetId } = made;
  const open = sweep === "cancelled" ? "cancelled" : "pending";
  const status = figures ? "ready" : error ? "failed" : open;
  const ids = { galleryId, packingId, datasetId };
  return { cell, status, ...point, ...(figures ?? NO_FIGURES), ...ids, error };
}

type Column = [title: string, read: (row: SweepRow) => string | number | null];

const galleryOf = ({ gallery }: SweepRow) =>
  typeof gallery === "string" ? gallery : gallery.count;

/** Figures are read to four digits behind the point; what is counted is whole. */
const COLUMNS: readonly Column[] = [
  ["cell", ({ cell }) => cell],
  ["gallery", galleryOf],
  ["identities", ({ identities }) => identities],
  ["optimizer", ({ optimizer }) => optimizer],
  ["batch", ({ batch }) => batch],
  ["alpha", ({ alpha }) => alpha],
  ["beta", ({ beta }) => beta],
  ["images per identity", ({ imagesPerIdentity }) => imagesPerIdentity],
  ["status", ({ status }) => status],
  ["made", ({ made }) => made],
  ["missing", ({ missing }) => missing],
  ["attempts per image", (row) => fixed(row.attemptsPerImage)],
  ["packing max cosine", (row) => fixed(row.packingMaxCosine)],
  ["packing nearest cosine", (row) => fixed(row.packingNearestCosine)],
  ["packing regulariser", (row) => fixed(row.packingRegulariser)],
  ["centre max cosine", (row) => fixed(row.centreMaxCosine)],
  ["centre nearest cosine", (row) => fixed(row.centreNearestCosine)],
  ["unique identities", ({ uniqueIdentities }) => uniqueIdentities],
  ["similarity", (row) => fixed(row.similarity)],
  ["other similarity", (row) => fixed(row.otherSimilarity)],
  ["consistency", (row) => fixed(row.consistency)],
  ["diversity", (row) => fixed(row.diversity)],
  ["EER", (row) => fixed(row.equalErrorRate)],
  ["EER low", (row) => fixed(row.equalErrorRateLow)],
  ["EER high", (row) => fixed(row.equalErrorRateHigh)],
  ["TMR at FMR 0.001", (row) => fixed(row.trueMatchRate)],
  ["quality", (row) => fixed(row.quality)],
];

const fixed = (value: number | null) => (value === null ? null : value.toFixed(4));

const cellsOf = (row: SweepRow) => COLUMNS.map(([, read]) => String(read(row) ?? ""));

/** As RFC 4180 has it. */
export function tableCsv({ rows }: SweepTable): string {
  const quoted = (cell: string) =>
    /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  const lines = [COLUMNS.map(([title]) => title), ...rows.map(cellsOf)];
  return lines.map((cells) => `${cells.map(quoted).join(",")}\r\n`).join("");
}

/** A table of GitHub's Markdown. Columns in which every cell is the same are told once, above it. */
export function tableMarkdown({ sweep, rows }: SweepTable): string {
  const all = rows.map(cellsOf);
  const columns = COLUMNS.map(([title], k) => ({
    title,
    cells: all.map((row) => row[k] as string),
  }));
  const isSame = ({ cells }: (typeof columns)[number]) => new Set(cells).size === 1;
  const shown = columns.filter((column) => rows.length === 1 || !isSame(column));
  const common = columns
    .filter((column) => !shown.includes(column) && column.cells[0] !== "")
    .map(({ title, cells }) => `${title} ${cells[0]}`);
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`;
  return [
    `Sweep ${sweep}${common.length > 0 ? `: ${common.join(", ")}` : ""}\n\n`,
    line(shown.map(({ title }) => title)),
    line(shown.map(() => "---:")),
    ...rows.map((_, k) => line(shown.map(({ cells }) => cells[k] as string))),
  ].join("");
}
