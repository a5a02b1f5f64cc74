import type { Dependencies } from "../../dependencies.ts";
import type { JobRow, Slice } from "../../jobs/slice.ts";
import { advanceGenerated } from "./advance-generated.ts";
import { findGallery } from "./get.ts";
import { advancePhotographs } from "./photographs/advance.ts";

/** One slice of a gallery, by where its faces come from. */
export async function advanceGallery(
  deps: Dependencies,
  job: JobRow,
  signal: AbortSignal,
): Promise<Slice> {
  const gallery = await findGallery(deps, job.resourceId);
  const advance = gallery.source === "photographs" ? advancePhotographs : advanceGenerated;
  return advance(deps, gallery, job, signal);
}
