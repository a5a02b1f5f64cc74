import { HyperFaceError } from "@hyperface/contracts";
import { newId } from "../../../db/ids.ts";
import { galleries } from "../../../db/schema.ts";
import type { Dependencies } from "../../../dependencies.ts";
import { createJob } from "../../../jobs/create.ts";
import { abandonObjects, collectSoon, reclaimObjects } from "../../../jobs/objects.ts";
import { type CreationRequest, createOnce } from "../../creation.ts";
import { readArchive, tooLarge } from "./archive.ts";
import { putAside } from "./put-aside.ts";

export interface Photographs {
  name: string;
  /** The embedder's name. */
  model: string;
  keepFaces: boolean;
  /** A tar archive. */
  body: AsyncIterable<Uint8Array>;
  /** Bytes that it is said to have; 0 where nothing is said. */
  length: number;
}

/**
 * A gallery of the faces in photographs, as a job: the archive is read as it comes, and its files are put aside until
 * they have been looked at. Where it is refused, or was made before, nothing of it stays.
 * @param requested what its headers say, once the body has been read
 * @throws HyperFaceError `unknown-model`; as readArchive; as createOnce
 */
export async function createPhotographGallery(
  deps: Dependencies,
  { name, model: modelName, keepFaces, body, length }: Photographs,
  requested: () => CreationRequest,
) {
  if (length > deps.archiveLimits.bytes) throw tooLarge(deps.archiveLimits.bytes);
  const { sha256, dimension } = await deps.embed.describe(modelName);
  const [id, jobId] = [newId("gal"), newId("job")];
  let isMade = false;
  try {
    const files = readArchive(body, deps.archiveLimits);
    const { keys, count } = await putAside(deps, files, {
      folder: `galleries/${id}/photographs`,
      jobId,
    });
    if (count === 0) {
      throw new HyperFaceError("malformed-body", "the archive has no file: send photographs in it");
    }
    const { keyed, priority } = requested();
    const made = await createOnce(deps.db, keyed, async () => async (transaction) => {
      if (!(await reclaimObjects(transaction, keys))) throw tookTooLong();
      await transaction.insert(galleries).values({
        ...{ id, name, source: "photographs", status: "pending", count: 0, jobId },
        ...{ dimension, model: { name: modelName, sha256 } },
        photographs: { files: count, keepsFaces: keepFaces },
      });
      const job = { id: jobId, kind: "gallery", resourceId: id, total: count } as const;
      await createJob(transaction, { ...job, state: { photographs: keys }, priority });
      return id;
    });
    isMade = made.created;
    return made;
  } finally {
    if (!isMade) {
      await abandonObjects(deps.db, jobId);
      collectSoon(deps);
    }
  }
}

const tookTooLong = () =>
  new HyperFaceError(
    "timeout",
    "the archive took too long to arrive: send fewer photographs at a time",
  );
