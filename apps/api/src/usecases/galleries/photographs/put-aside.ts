import { Bytes, HyperFaceError } from "@hyperface/contracts";
import { decodeMessage, encodeMessage } from "@hyperface/formats";
import { z } from "zod";
import type { Dependencies } from "../../../dependencies.ts";
import { reserveKey } from "../../../jobs/objects.ts";
import type { ArchivedFile } from "./archive.ts";

/** Bytes of an object of files, about; files of one. */
const [OBJECT_BYTES, OBJECT_FILES] = [16 * 2 ** 20, 1024];

const PutAside = z.object({
  files: z.array(
    z.union([
      z.object({ name: z.string(), bytes: Bytes, problem: z.undefined().optional() }),
      z.object({ name: z.string(), bytes: z.undefined().optional(), problem: z.string() }),
    ]),
  ),
});

/**
 * Writes files to objects of a job, some at a time.
 * @returns the objects' keys in order, and how many files there are
 */
export async function putAside(
  { db, store }: Pick<Dependencies, "db" | "store">,
  files: AsyncIterable<ArchivedFile>,
  { folder, jobId }: { folder: string; jobId: string },
): Promise<{ keys: string[]; count: number }> {
  const keys: string[] = [];
  let [held, bytes, count] = [[] as ArchivedFile[], 0, 0];
  const write = async () => {
    const key = await reserveKey(db, `${folder}/${keys.length}`, jobId);
    await store.put(key, encodeMessage({ files: held }));
    keys.push(key);
    [held, bytes] = [[], 0];
  };
  for await (const file of files) {
    held.push(file);
    count += 1;
    bytes += file.bytes?.length ?? 0;
    if (bytes >= OBJECT_BYTES || held.length === OBJECT_FILES) await write();
  }
  if (held.length > 0) await write();
  return { keys, count };
}

/** The files of an object that {@link putAside} wrote. @throws HyperFaceError `missing-object`, `damaged-object` */
export async function readAside(
  { store }: Pick<Dependencies, "store">,
  key: string,
): Promise<ArchivedFile[]> {
  const bytes = await store.get(key);
  try {
    return PutAside.parse(decodeMessage(bytes)).files;
  } catch (cause) {
    throw new HyperFaceError("damaged-object", `${key} is none of photographs`, { cause });
  }
}
