import { createHash } from "node:crypto";
import { spreadOf } from "@hyperface/certificate";
import {
  AxisName,
  type Dataset,
  DatasetCertificate,
  HyperFaceError,
  Provenance,
  type Spread,
} from "@hyperface/contracts";
import { and, eq } from "drizzle-orm";
import { z } from "zod";
import { datasetFiles } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { forgetKey, reserveKey } from "../../jobs/objects.ts";
import { findReadySet } from "../sets/find.ts";
import { readStoredJson } from "../stored-json.ts";
import { HIDDEN } from "./files.ts";
import { readManifestLines } from "./manifest-lines.ts";
import { ImageRow } from "./part.ts";

const MEASURED = [
  "similarity",
  "nearestOtherSimilarity",
  "quality",
  "detectionScore",
  "yaw",
  "pitch",
  "roll",
] as const;

const Row = ImageRow.pick({
  label: true,
  similarity: true,
  drawnSimilarity: true,
  nearestOtherSimilarity: true,
  quality: true,
  detectionScore: true,
  yaw: true,
  pitch: true,
  roll: true,
}).extend({ provenance: Provenance.pick({ axes: true }) });

/** What is known of all images of a dataset; a function of its manifest and its embeddings alone. */
const Figures = z.object({
  /** Images of each identity. */
  counts: z.array(z.int()),
  /** As the certificate has it, with the label in place of the identity. */
  drawn: DatasetCertificate.shape.drawn.omit({ draw: true }),
  images: DatasetCertificate.shape.images,
  separation: DatasetCertificate.shape.separation,
});
type Figures = z.infer<typeof Figures>;

/** The file that figures are kept in; another form of them has another name. */
const FIGURES_FILE = `${HIDDEN}figures-3.json`;

/**
 * A finished dataset's figures: read where they are kept, else computed from the whole manifest and kept.
 * @throws HyperFaceError `not-found`, `not-ready`, `damaged-object`, `service-unavailable`
 */
export async function findFigures(
  deps: Dependencies,
  dataset: Dataset,
  signal?: AbortSignal,
): Promise<Figures> {
  const { objectKey: set } = await findReadySet(deps, dataset.id, "dataset");
  const kept = await readFigures(deps, dataset.id);
  if (kept) return kept;
  const { spec } = dataset;
  const { counts, drawn, values, places } = await readRows(
    deps,
    dataset,
    spec.identities.to - spec.identities.from,
  );
  const spreads = Object.fromEntries(MEASURED.map((name) => [name, spreadOfKnown(values[name])]));
  const images = { ...spreads, axes: describeAxes(places) } as Figures["images"];
  const separation = await deps.optimizer.separate({ set, counts }, signal);
  const figures = { counts, drawn: describeDrawn(drawn), images, separation };
  await keepFigures(deps, dataset.id, figures);
  return figures;
}

/** Of numbers that are not NaN. */
function spreadOfKnown(values: Float64Array): Spread | null {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.length > 0 ? spreadOf(known) : null;
}

const describeAxes = (places: Record<AxisName, Float64Array>): Figures["images"]["axes"] =>
  Object.fromEntries(
    AxisName.options.flatMap((axis) => {
      const spread = spreadOfKnown(places[axis]);
      return spread ? [[axis, spread]] : [];
    }),
  );

function describeDrawn(cosines: Float64Array): Figures["drawn"] {
  const cosine = spreadOfKnown(cosines);
  return { cosine, farthest: cosine && cosines.indexOf(cosine.smallest) };
}

async function readFigures({ db, store }: Dependencies, id: string): Promise<Figures | undefined> {
  const [file] = await db
    .select()
    .from(datasetFiles)
    .where(and(eq(datasetFiles.datasetId, id), eq(datasetFiles.name, FIGURES_FILE)));
  if (!file) return undefined;
  return readStoredJson(store, file.objectKey, Figures, `file of figures of dataset ${id}`);
}

/** Of two requests that compute them at once the first keeps them. */
async function keepFigures({ db, store }: Dependencies, id: string, figures: Figures) {
  const bytes = Buffer.from(JSON.stringify(figures));
  const objectKey = await reserveKey(db, `datasets/${id}/figures`, undefined, "json");
  await store.put(objectKey, bytes);
  await db.transaction(async (transaction) => {
    const file = { datasetId: id, name: FIGURES_FILE, objectKey, bytes: bytes.length };
    const kept = await transaction
      .insert(datasetFiles)
      .values({ ...file, sha256: createHash("sha256").update(bytes).digest("hex") })
      .onConflictDoNothing()
      .returning();
    if (kept.length > 0) await forgetKey(transaction, objectKey);
  });
}

/** The rows' figures as columns, NaN where there is none, and of each identity how many images it has and how far it was drawn. */
async function readRows(deps: Dependencies, { id, made }: Dataset, identities: number) {
  const counts = new Array<number>(identities).fill(0);
  const columns = <N extends string>(names: readonly N[]) =>
    Object.fromEntries(
      names.map((name) => [name, new Float64Array(made).fill(Number.NaN)]),
    ) as Record<N, Float64Array>;
  const [values, places] = [columns(MEASURED), columns(AxisName.options)];
  const drawn = new Float64Array(identities).fill(Number.NaN);
  let k = 0;
  for await (const line of readManifestLines(deps, id)) {
    const row = Row.parse(JSON.parse(line));
    counts[row.label] = (counts[row.label] as number) + 1;
    drawn[row.label] = row.drawnSimilarity ?? Number.NaN;
    for (const axis of AxisName.options) places[axis][k] = row.provenance.axes[axis] ?? Number.NaN;
    for (const name of MEASURED) values[name][k] = row[name] ?? Number.NaN;
    k += 1;
  }
  if (k === made) return { counts, drawn, values, places };
  throw new HyperFaceError("damaged-object", `the manifest of ${id} has ${k} rows, not ${made}`);
}
