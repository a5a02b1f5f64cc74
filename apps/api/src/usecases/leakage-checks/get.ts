import { HyperFaceError, type LeakageCheck } from "@hyperface/contracts";
import { eq } from "drizzle-orm";
import { leakageChecks } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";

export const presentLeakageCheck = ({
  createdAt,
  objectKey: _,
  ...row
}: typeof leakageChecks.$inferSelect): LeakageCheck => ({
  ...row,
  createdAt: createdAt.toISOString(),
});

/** @throws HyperFaceError `not-found` */
export const findLeakageCheck = async (deps: Pick<Dependencies, "db">, id: string) =>
  presentLeakageCheck(await findRow(deps, id));

async function findRow({ db }: Pick<Dependencies, "db">, id: string) {
  const [row] = await db.select().from(leakageChecks).where(eq(leakageChecks.id, id));
  if (row) return row;
  throw new HyperFaceError(
    "not-found",
    `there is no leakage check ${id}: see GET /v1/leakage-checks`,
  );
}

/** A ready check's row, with its report's key. @throws HyperFaceError `not-found`, `not-ready` */
export async function findReadyCheck(deps: Pick<Dependencies, "db">, id: string) {
  const row = await findRow(deps, id);
  const { status, objectKey, jobId } = row;
  if (status === "ready" && objectKey !== null) return { ...row, objectKey };
  const wait = status === "pending" ? `: wait for job ${jobId}` : "";
  throw new HyperFaceError("not-ready", `leakage check ${id} is ${status}${wait}`);
}
