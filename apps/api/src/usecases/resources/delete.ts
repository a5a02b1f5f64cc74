import { type DeleteQuery, HyperFaceError } from "@hyperface/contracts";
import type { Dependencies } from "../../dependencies.ts";
import { collectSoon } from "../../jobs/objects.ts";
import { lockJobsOf, removeResources } from "../../jobs/remove.ts";
import { isUnfinished } from "../../jobs/slice.ts";
import { lockResource } from "./find.ts";
import { findMadeBy, findReferrers, lockReferences, type Resource } from "./references.ts";

/** Referrers that a refusal names. */
const NAMED = 3;

/**
 * Deletes a resource with its job and all that is stored of it; a sweep with all that it made.
 * @param cascade whether what refers to it is deleted too, and unfinished jobs with what they make
 * @param check looks at the resource first, and throws where it is not to be deleted as it is
 * @throws HyperFaceError `not-found`; `conflict` where it is used and `cascade` is not asked for
 */
export async function deleteResource(
  deps: Pick<Dependencies, "db" | "store" | "logger" | "findPacking">,
  resource: Resource,
  { cascade }: DeleteQuery,
  check: (state: object) => void = () => {},
): Promise<void> {
  await deps.db.transaction(async (transaction) => {
    await lockReferences(transaction);
    const own = [resource, ...(await findMadeBy(transaction, [resource.id]))];
    const referrers = await findReferrers(transaction, own);
    const all = [...referrers, ...own];
    const jobs = await lockJobsOf(transaction, all);
    // After its job's row, as whatever ends a slice takes them.
    check(await lockResource(transaction, resource));
    if (!cascade) {
      const job = jobs.find((each) => each.resourceId === resource.id && isUnfinished(each));
      refuseWhileUsed(resource, referrers, job?.id);
    }
    await removeResources(transaction, all);
  });
  deps.findPacking.forget();
  collectSoon(deps);
}

function refuseWhileUsed({ kind, id }: Resource, referrers: Resource[], jobId?: string): void {
  const named = referrers.slice(0, NAMED).map((each) => `${each.kind} ${each.id}`);
  const more = referrers.length - named.length;
  const users = more > 0 ? `${named.join(", ")} and ${more} more` : named.join(", ");
  const reasons = [
    ...(jobId ? [`job ${jobId} is making it: cancel that`] : []),
    ...(users ? [`it is used by ${users}: delete those first`] : []),
  ];
  if (reasons.length === 0) return;
  const all = "or all of it with ?cascade=true";
  throw new HyperFaceError("conflict", `${kind} ${id} stays, for ${reasons.join("; ")}, ${all}`);
}
