import {
  type CreateLeakageCheckRequest,
  comparisonSteps,
  errorAt,
  HyperFaceError,
} from "@hyperface/contracts";
import { newId } from "../../db/ids.ts";
import { leakageChecks } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { createJob } from "../../jobs/create.ts";
import { type CreationRequest, createOnce } from "../creation.ts";
import { holdSets } from "../resources/references.ts";
import { findReadySet } from "../sets/find.ts";

/**
 * A comparison of all vectors of a set with all of a reference set, as a job.
 * @throws HyperFaceError `not-found`, `not-ready`, `model-mismatch`, `invalid-request`
 */
export async function createLeakageCheck(
  deps: Dependencies,
  { name, set: setId, reference: referenceId, ...spec }: CreateLeakageCheckRequest,
  request: CreationRequest | undefined,
) {
  return createOnce(deps.db, request?.keyed, async () => {
    const [set, reference] = await Promise.all([
      findReadySet(deps, setId),
      findReadySet(deps, referenceId),
    ]);
    if (set.model.sha256 !== reference.model.sha256) {
      const have = `${setId} is of ${set.model.name}, ${referenceId} of ${reference.model.name}`;
      throw new HyperFaceError("model-mismatch", `${have}: their embeddings cannot be compared`);
    }
    if (setId === referenceId) throw refused("/reference", "a set resembles itself: name another");
    if (set.count === 0) throw refused("/set", `${setId} has no image`);
    if (spec.exclude > 0 && set.kind !== "dataset") {
      throw refused("/exclude", `${setId} is a ${set.kind}: only images of a dataset are left out`);
    }
    const [id, jobId] = [newId("lea"), newId("job")];
    const total = comparisonSteps(set.count, reference.count);
    return async (transaction) => {
      await holdSets(transaction, [setId, referenceId]);
      const sets = { set: setId, reference: referenceId, model: set.model };
      await transaction
        .insert(leakageChecks)
        .values({ id, name, status: "pending", ...sets, spec, jobId });
      const job = { id: jobId, kind: "leakage-check", resourceId: id, total } as const;
      await createJob(transaction, { ...job, priority: request?.priority });
      return id;
    };
  });
}

const refused = (pointer: string, detail: string) => errorAt("invalid-request", pointer, detail);
