import { type Gallery, HyperFaceError, type ListQuery } from "@hyperface/contracts";
import { decodeNpy } from "@hyperface/formats";
import { eq } from "drizzle-orm";
import { listRows } from "../../db/pages.ts";
import { galleries } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { galleryKey } from "./keys.ts";

const present = ({ createdAt, ...row }: typeof galleries.$inferSelect): Gallery => ({
  ...row,
  createdAt: createdAt.toISOString(),
});

/** @throws HyperFaceError `not-found` */
export async function findGallery({ db }: Pick<Dependencies, "db">, id: string): Promise<Gallery> {
  const [row] = await db.select().from(galleries).where(eq(galleries.id, id));
  if (row) return present(row);
  throw new HyperFaceError("not-found", `there is no gallery ${id}: see GET /v1/galleries`);
}

export const listGalleries = ({ db }: Pick<Dependencies, "db">, query: ListQuery) =>
  listRows(db, galleries, query, present);

/** @throws HyperFaceError `not-ready` */
export function requireReady(
  kind: string,
  { id, status, jobId }: Pick<Gallery, "id" | "status" | "jobId">,
): void {
  if (status === "ready") return;
  const wait = status === "pending" ? `: wait for job ${jobId}` : "";
  throw new HyperFaceError("not-ready", `${kind} ${id} is ${status}${wait}`);
}

/** A ready gallery's unit embeddings, row-major. @throws HyperFaceError `not-found`, `not-ready` */
export async function readGallery(deps: Dependencies, id: string) {
  const gallery = await findGallery(deps, id);
  requireReady("gallery", gallery);
  const { data } = decodeNpy(await deps.store.get(galleryKey(id)));
  return { gallery, data: data as Float32Array };
}
