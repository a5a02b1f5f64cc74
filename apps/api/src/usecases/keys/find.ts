import { type ApiKey, HyperFaceError } from "@hyperface/contracts";
import type { apiKeys } from "../../db/schema.ts";

export function presentKey({
  id,
  name,
  scope,
  createdAt,
  expiresAt,
}: typeof apiKeys.$inferSelect): ApiKey {
  return {
    ...{ id, name, scope },
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
  };
}

export const noSuchKey = (id: string) => new HyperFaceError("not-found", `there is no key ${id}`);
