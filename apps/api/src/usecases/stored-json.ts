import { HyperFaceError } from "@hyperface/contracts";
import type { ObjectStore } from "@hyperface/storage";
import type { z } from "zod";

/**
 * An object of the store that is JSON of a schema.
 * @param what it is, for who is told that it is damaged
 * @throws HyperFaceError `damaged-object` where it is not; as the store's get
 */
export async function readStoredJson<T>(
  store: Pick<ObjectStore, "get">,
  key: string,
  schema: z.ZodType<T>,
  what: string,
): Promise<T> {
  const text = Buffer.from(await store.get(key)).toString();
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new HyperFaceError("damaged-object", `the ${what} is none`, { cause });
  }
}
