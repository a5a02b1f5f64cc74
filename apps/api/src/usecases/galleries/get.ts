import { type Gallery, HyperFaceError } from "@hyperface/contracts";
import { decodeNpy } from "@hyperface/formats";
import { eq } from "drizzle-orm";
import { galleries } from "../../db/schema.ts";
import type { Dependencies } from "../../dependencies.ts";
import { galleryKey } from "./keys.ts";

export const presentGallery = ({ createdAt, ...row }: typeof galleries.$inferSelect): Gallery => ({
  ...row,
  createdAt: createdAt.toISOString(),
});

/** @throws HyperFaceError `not-found` */
export async function findGallery({ db }: Pick<Dependencies, "db">, id: string): Promise<Gallery> {
  const [row] = await db.select().from(galleries).where(eq(galleries.id, id));
  if (row) return presentGallery(row);
  throw new HyperFaceError("not-found", `there is no gallery ${id}: see GET /v1/galleries`);
}

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
