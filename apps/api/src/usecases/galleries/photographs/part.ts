import { Bytes, Float32s, HyperFaceError } from "@hyperface/contracts";
import { decodeMessage, encodeMessage } from "@hyperface/formats";
import { joinRows } from "@hyperface/vectors";
import { z } from "zod";
import type { Dependencies } from "../../../dependencies.ts";
import type { LookedAt } from "./look.ts";

/** What a slice found: unit rows, and the files of the aligned faces one after another where they are kept. */
const Part = z.object({ embeddings: Float32s, faces: Bytes });
type Part = z.infer<typeof Part>;

export const encodePart = (seen: readonly LookedAt[], dimension: number): Uint8Array => {
  const faces = seen.flatMap(({ face }) => face ?? []);
  const embeddings = joinRows(
    faces.map(({ embedding }) => embedding),
    dimension,
  );
  const crops = Buffer.concat(faces.flatMap(({ crop }) => crop ?? []));
  return encodeMessage({ embeddings, faces: new Uint8Array(crops) } satisfies Part);
};

/** One tensor of all parts in order, as its bytes. @throws HyperFaceError `missing-object`, `damaged-object` */
export async function* readParts(
  { store }: Pick<Dependencies, "store">,
  keys: readonly string[],
  tensor: keyof Part,
): AsyncGenerator<Uint8Array> {
  for (const key of keys) {
    const { buffer, byteOffset, byteLength } = decode(await store.get(key), key)[tensor];
    yield new Uint8Array(buffer, byteOffset, byteLength);
  }
}

function decode(bytes: Uint8Array, key: string): Part {
  try {
    return Part.parse(decodeMessage(bytes));
  } catch (cause) {
    throw new HyperFaceError("damaged-object", `${key} is no part of a gallery`, { cause });
  }
}
