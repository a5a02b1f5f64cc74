import { and, asc, eq, like } from "drizzle-orm";
import { datasetFiles } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";

/** A finished dataset's manifest, row by row as JSON text, in order. @throws HyperFaceError `damaged-object` */
export async function* readManifestLines(
  { db, store }: Pick<Dependencies, "db" | "store">,
  datasetId: string,
): AsyncGenerator<string> {
  const shards = await db
    .select()
    .from(datasetFiles)
    .where(and(eq(datasetFiles.datasetId, datasetId), like(datasetFiles.name, "manifest/%.jsonl")))
    .orderBy(asc(datasetFiles.name));
  for (const { objectKey } of shards) yield* linesOf(store.getStream(objectKey));
}

async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of bytes) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() as string;
    yield* lines;
  }
}
