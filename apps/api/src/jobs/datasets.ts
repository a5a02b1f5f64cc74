import { eq } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { datasetFiles, datasetParts } from "../db/schema.ts";
import { disownObjects } from "./objects.ts";

/** All that is stored of a dataset is deleted at the next collection. */
export async function dropDatasetObjects(transaction: Database, datasetId: string): Promise<void> {
  const parts = await transaction
    .delete(datasetParts)
    .where(eq(datasetParts.datasetId, datasetId))
    .returning();
  const files = await transaction
    .delete(datasetFiles)
    .where(eq(datasetFiles.datasetId, datasetId))
    .returning();
  await disownObjects(
    transaction,
    [...parts, ...files].map(({ objectKey }) => objectKey),
  );
}
