import {
  HyperFaceError,
  type JobError,
  type JobPriority,
  problemType,
  ServiceAway,
} from "@hyperface/contracts";
import { and, eq, inArray } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { sweepCells } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { priorityOf } from "../../jobs/create.ts";
import type { JobRow, Slice } from "../../jobs/slice.ts";
import { getDatasetCertificate } from "../datasets/certificate.ts";
import { prepareDataset } from "../datasets/create.ts";
import { prepareGallery } from "../galleries/create.ts";
import { whyNotReady } from "../jobs/failure.ts";
import { preparePacking } from "../packings/create.ts";
import { findPacking } from "../packings/get.ts";
import { datasetOf, galleryKey, packingKey, packingOf } from "./cells.ts";
import { figuresOf } from "./figures.ts";
import { findSweep, listCells } from "./get.ts";
import { type CellRow, findMade } from "./made.ts";

/** Cells that are under way at once: what they make takes turns at the workers. */
const CELLS_AT_ONCE = 4;
/** Seconds after which a sweep looks at what it waits for, which else wakes it when it ends. */
const WAIT_SECONDS = 2;

type Sweep = Awaited<ReturnType<typeof findSweep>>;
type Made = Awaited<ReturnType<typeof findMade>>;

/** Some cells' columns as they are to be; what `insert` makes is what `field` names. */
interface Step {
  cells: readonly CellRow[];
  set: Partial<CellRow>;
  field?: "galleryId" | "packingId" | "datasetId";
  insert?: (transaction: Database) => Promise<string>;
}

/** Makes what the next cells lack: a gallery, a packing, a dataset, their figures; ends when every cell has. */
export async function advanceSweep(
  deps: Dependencies,
  job: JobRow,
  signal: AbortSignal,
): Promise<Slice> {
  const sweep = await findSweep(deps, job.resourceId);
  const cells = await listCells(deps, sweep.id);
  const open = cells.filter(({ figures, error }) => !figures && !error);
  if (open.length === 0) return finishSweep(cells);
  const made = await findMade(deps.db, cells);
  const steps: Step[] = [];
  for (const cell of open.slice(0, CELLS_AT_ONCE)) {
    // What this cell shares may have been begun for the one before it.
    if (steps.some((step) => step.cells.includes(cell))) continue;
    const step = await nextStep(
      deps,
      { sweep, cells: open, made, priority: priorityOf(job.priority) },
      cell,
      signal,
    );
    if (step) steps.push(step);
    if (step?.set.figures) break;
  }
  const ended = steps.filter(({ set }) => set.figures || set.error).flatMap((step) => step.cells);
  return {
    completed: cells.length - open.length + ended.length,
    done: false,
    state: {},
    event: ended.length > 0 ? {} : null,
    needs: [],
    waitSeconds: steps.length > 0 ? 0 : WAIT_SECONDS,
    async record(transaction) {
      for (const { cells: own, set, field, insert } of steps) {
        const made = field && insert ? { [field]: await insert(transaction) } : {};
        const numbers = own.map(({ cell }) => cell);
        await transaction
          .update(sweepCells)
          .set({ ...set, ...made })
          .where(and(eq(sweepCells.sweepId, sweep.id), inArray(sweepCells.cell, numbers)));
      }
    },
  };
}

function finishSweep(cells: readonly CellRow[]): Slice {
  const failed = cells.filter(({ error }) => error);
  const [first] = failed;
  if (!first) {
    return { completed: cells.length, done: true, state: {}, event: {}, needs: [] };
  }
  const which = `${failed.length} of ${cells.length} cells failed`;
  const detail = `${which}, cell ${first.cell} for: ${first.error?.detail}; retry the job to make those again`;
  throw new HyperFaceError("job-failed", detail);
}

interface Standing {
  sweep: Sweep;
  /** Those that have not ended. */
  cells: readonly CellRow[];
  made: Made;
  /** Of the sweep's own job. */
  priority: JobPriority;
}

/** Undefined where what was made for the cell is still on its way. */
async function nextStep(
  deps: Dependencies,
  standing: Standing,
  cell: CellRow,
  signal: AbortSignal,
): Promise<Step | undefined> {
  const { sweep, cells, made, priority } = standing;
  const { point, galleryId, packingId, datasetId } = cell;
  const newest = datasetId ?? packingId ?? galleryId;
  if (newest !== null && made.get(newest)?.status === "pending") return undefined;
  try {
    if (newest !== null) await checkReady(deps, made, newest);
    const name = `sweep ${sweep.id}, cell ${cell.cell}`;
    if (packingId === null && galleryId === null && typeof point.gallery === "object") {
      const insert = await prepareGallery(deps, { ...point.gallery, name }, priority);
      const key = galleryKey(point);
      const same = cells.filter(
        (other) => other.galleryId === null && galleryKey(other.point) === key,
      );
      return { cells: same, set: {}, field: "galleryId", insert };
    }
    if (packingId === null) {
      const given = typeof point.gallery === "string" && point.gallery !== "none";
      const near = given ? (point.gallery as string) : (galleryId ?? undefined);
      const model = (await deps.generate.describe(sweep.spec.dataset.generator)).embedder;
      const request = packingOf(sweep.spec, point, { near, model, name });
      const insert = await preparePacking(deps, request, priority);
      const key = packingKey(point);
      const same = cells.filter(
        (other) => other.packingId === null && packingKey(other.point) === key,
      );
      return { cells: same, set: {}, field: "packingId", insert };
    }
    if (datasetId === null) {
      const request = datasetOf(sweep.spec, point, { packingId, name });
      const insert = await prepareDataset(deps, request, priority);
      return { cells: [cell], set: {}, field: "datasetId", insert };
    }
    const { certificate } = await getDatasetCertificate(deps, datasetId, signal);
    const packing = await findPacking(deps, packingId);
    return { cells: [cell], set: { figures: figuresOf(certificate, packing) } };
  } catch (error) {
    // Other cells may yet be made, but for what a moment's waiting mends.
    if (!(error instanceof HyperFaceError) || error instanceof ServiceAway) throw error;
    return { cells: [cell], set: { error: describe(error) } };
  }
}

/** @throws HyperFaceError why what was made for a cell is not there */
async function checkReady(deps: Dependencies, made: Made, id: string): Promise<void> {
  const resource = made.get(id);
  if (resource?.status === "ready") return;
  if (!resource) throw new HyperFaceError("not-found", `${id} was deleted`);
  throw await whyNotReady(deps, resource.jobId as string);
}

const describe = ({ code, message }: HyperFaceError): JobError => ({
  type: problemType(code),
  detail: message,
});
