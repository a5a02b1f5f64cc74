import { type Dataset, type DatasetSpec, HyperFaceError } from "@hyperface/contracts";
import { eq } from "drizzle-orm";
import { datasets } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";

/** How many samples a dataset has, over all its identities. */
export const samplesOf = ({ identities: { from, to }, imagesPerIdentity }: DatasetSpec) =>
  (to - from) * imagesPerIdentity;

export const presentDataset = ({
  createdAt,
  objectKey: _,
  ...row
}: typeof datasets.$inferSelect): Dataset => ({
  ...row,
  promised: samplesOf(row.spec),
  createdAt: createdAt.toISOString(),
});

/** @throws HyperFaceError `not-found` */
export async function findDataset({ db }: Pick<Dependencies, "db">, id: string): Promise<Dataset> {
  const [row] = await db.select().from(datasets).where(eq(datasets.id, id));
  if (row) return presentDataset(row);
  throw new HyperFaceError("not-found", `there is no dataset ${id}: see GET /v1/datasets`);
}
