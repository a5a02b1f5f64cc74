import {
  type CreatePackingRequest,
  codeOvertakes,
  DEFAULT_EMBEDDER,
  errorAt,
  HyperFaceError,
  type JobPriority,
  type ModelReference,
  PackingSpec,
} from "@hyperface/contracts";
import type { Database } from "../../db/database.ts";
import { newId } from "../../db/ids.ts";
import { packings } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { createJob } from "../../jobs/create.ts";
import { type CreationRequest, createOnce } from "../creation.ts";
import { holdSets } from "../resources/references.ts";
import { findReadySet, type ReadySet } from "../sets/find.ts";
import { packingTotal } from "./progress.ts";

/**
 * A packing of reference embeddings (Eq. 2), as a job.
 * @throws HyperFaceError `not-found`, `not-ready`, `model-mismatch` of the sets it is made from;
 * `unknown-model`, `invalid-packing`
 */
export const createPacking = (
  deps: Dependencies,
  body: CreatePackingRequest,
  request: CreationRequest | undefined,
) => createOnce(deps.db, request?.keyed, () => preparePacking(deps, body, request?.priority));

/** @returns what writes it and its job, in a transaction. @throws as {@link createPacking} */
export async function preparePacking(
  deps: Dependencies,
  request: CreatePackingRequest,
  priority: JobPriority | undefined,
) {
  const { name, near, extends: extended, repel, start: asked } = request;
  const { startSet } = readStart(asked, near);
  const sets = await findSets(deps, {
    near,
    start: startSet,
    extends: extended,
    repel: repel?.set,
  });
  const { model, dimension } = await modelOf(deps, request, Object.values(sets));
  if (sets.start && sets.start.count !== request.count) {
    const has = `${startSet} has ${sets.start.count} vectors to start from`;
    throw errorAt("invalid-packing", "/start", `${has}, for ${request.count} identities`);
  }
  const spec = packingSpec(request, { dimension, frozen: sets.extends?.count ?? 0 });
  const sources = { near, start: startSet, extends: extended, repel: repel?.set };
  const jobId = newId("job");
  return async (transaction: Database) => {
    await holdSets(transaction, Object.values(sources));
    const id = newId("pak");
    const packing = { id, name, status: "pending", model, spec, jobId } as const;
    await transaction.insert(packings).values({ ...packing, ...sources });
    const total = packingTotal(spec);
    const job = { id: jobId, kind: "packing", resourceId: id, total } as const;
    await createJob(transaction, { ...job, priority });
    return id;
  };
}

/**
 * What a request asks for, of vectors of a dimension.
 * @param frozen vectors of the set that it extends
 * @throws HyperFaceError `invalid-packing`
 */
export function packingSpec(
  request: CreatePackingRequest,
  { dimension, frozen = 0 }: { dimension: number; frozen?: number },
): PackingSpec {
  const { name: _, model: __, near, extends: ___, repel, start: asked, ...settings } = request;
  const start = isWrittenDown(request, dimension) ? "code" : readStart(asked, near).start;
  const spec = readSpec({
    ...settings,
    ...{ start, dimension, frozen },
    ...(repel ? { repel: { minimumDistance: repel.minimumDistance } } : {}),
  });
  if (!near && (spec.alpha > 0 || start === "gallery")) {
    const why = start === "gallery" ? 'start "gallery"' : `alpha ${spec.alpha}`;
    const right = start === "gallery" ? 'start at "random"' : "set alpha to 0";
    throw new HyperFaceError("invalid-packing", `${why} needs near, a set: name one, or ${right}`);
  }
  return spec;
}

/** Whether an algebraic code is all that is asked for: only distance counts, and nothing says how to pack. */
const isWrittenDown = (request: CreatePackingRequest, dimension: number): boolean =>
  request.alpha === 0 &&
  request.method === "fast" &&
  [
    ...[request.near, request.start, request.extends, request.repel, request.minimumDistance],
    ...[request.iterations, request.budgetSeconds, request.annealing, request.symmetry],
  ].every((asked) => asked === undefined) &&
  codeOvertakes(request.count, dimension);

/** The spec's start, and the set it is where the request names one. */
function readStart(
  asked: CreatePackingRequest["start"],
  near: string | undefined,
): { start: PackingSpec["start"]; startSet: string | undefined } {
  const start = asked ?? (near ? "gallery" : "random");
  if (start === "gallery" || start === "random" || start === "code") {
    return { start, startSet: undefined };
  }
  return { start: "set", startSet: start };
}

/** The sets of a request by what they are for, each ready. */
async function findSets<K extends string>(
  deps: Dependencies,
  ids: Record<K, string | undefined>,
): Promise<Partial<Record<K, ReadySet>>> {
  const found: Partial<Record<K, ReadySet>> = {};
  for (const [role, id] of Object.entries(ids) as [K, string | undefined][]) {
    if (id !== undefined) found[role] = await findReadySet(deps, id);
  }
  return found;
}

/** The one model of all sets; where there is none, that of the embedder asked for. */
async function modelOf(
  { embed }: Dependencies,
  { model: name }: CreatePackingRequest,
  [first, ...others]: ReadySet[],
): Promise<{ model: ModelReference; dimension: number }> {
  if (!first) {
    const { sha256, dimension, ...embedder } = await embed.describe(name ?? DEFAULT_EMBEDDER);
    return { model: { name: embedder.name, sha256 }, dimension };
  }
  const { model, dimension } = first;
  for (const other of others) {
    if (other.model.sha256 === model.sha256) continue;
    throw new HyperFaceError(
      "model-mismatch",
      `${other.id} is of ${other.model.name}, ${first.id} of ${model.name}: one packing is of one embedder`,
    );
  }
  if (name !== undefined && name !== model.name) {
    const said = `${first.id} is of ${model.name}, model says ${name}`;
    throw new HyperFaceError("model-mismatch", `${said}: leave model out where a set says it`);
  }
  return { model, dimension };
}

function readSpec(settings: object): PackingSpec {
  const parsed = PackingSpec.safeParse(settings);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(({ path, message }) => ({
    // The spec's name for what the request extends.
    pointer: `/${path.join("/").replace(/^frozen$/, "extends")}`,
    detail: message,
  }));
  throw new HyperFaceError("invalid-packing", errors.map(({ detail }) => detail).join("; "), {
    errors,
  });
}
