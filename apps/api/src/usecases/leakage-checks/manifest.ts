import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { HyperFaceError } from "@hyperface/contracts";
import { and, asc, eq, like } from "drizzle-orm";
import { datasetFiles } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { readReport } from "./report.ts";

/**
 * The dataset's manifest without the images that a check leaves out: rows of the same files, of which none is copied.
 * @returns JSON lines as they are read
 * @throws HyperFaceError `not-found`, `not-ready`; `conflict` where what was checked is no dataset
 */
export async function readCleanedManifest(
  deps: Pick<Dependencies, "db" | "store">,
  id: string,
): Promise<AsyncGenerator<Uint8Array>> {
  const { dataset, set } = await readReport(deps, id);
  if (!dataset) {
    throw new HyperFaceError("conflict", `leakage check ${id} is of ${set}, which has no manifest`);
  }
  const excluded = new Set(dataset.excluded);
  const shards = await deps.db
    .select()
    .from(datasetFiles)
    .where(and(eq(datasetFiles.datasetId, dataset.id), like(datasetFiles.name, "manifest/%.jsonl")))
    .orderBy(asc(datasetFiles.name));
  return (async function* () {
    for (const { objectKey } of shards) {
      const input = Readable.from(deps.store.getStream(objectKey));
      for await (const line of createInterface({ input, crlfDelay: Infinity })) {
        if (!excluded.has(JSON.parse(line).key)) yield Buffer.from(`${line}\n`);
      }
    }
  })();
}
