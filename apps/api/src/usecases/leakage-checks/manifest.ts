import { HyperFaceError } from "@hyperface/contracts";
import type { Dependencies } from "../../dependencies.ts";
import { readManifestLines } from "../datasets/manifest-lines.ts";
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
  return (async function* () {
    for await (const line of readManifestLines(deps, dataset.id)) {
      if (!excluded.has(JSON.parse(line).key)) yield Buffer.from(`${line}\n`);
    }
  })();
}
