import { z } from "@hono/zod-openapi";
import { KeyId } from "./ids.ts";
import { Instant } from "./instants.ts";
import { strictObject } from "./strict.ts";
import { text } from "./text.ts";

/** What a key may do: each scope includes those before it. */
export const KEY_SCOPES = ["read", "write", "admin"] as const;
export const KeyScope = z.enum(KEY_SCOPES).openapi("KeyScope", {
  description:
    "What a key may do: read what there is, images included; also make, change and delete; also make keys.",
});
export type KeyScope = z.infer<typeof KeyScope>;

export const ApiKey = z
  .object({
    id: KeyId,
    name: z.string(),
    scope: KeyScope,
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime().nullable().openapi({ description: "Null: it never does." }),
  })
  .openapi("ApiKey");
export type ApiKey = z.infer<typeof ApiKey>;

export const CreatedApiKey = ApiKey.extend({
  key: z.string().openapi({
    description: "The key, for `Authorization: Bearer`. It is told once and kept nowhere.",
    example: "hf_Zr0lqV8dF1m3sB7xJ9t2cN5uW4yK6aE8pQ0rT1vX2zA",
  }),
}).openapi("CreatedApiKey");
export type CreatedApiKey = z.infer<typeof CreatedApiKey>;

const isToCome = (instant: string) => Date.parse(instant) > Date.now();

export const CreateKeyRequest = strictObject({
  name: text(200).min(1).openapi({ description: "Whose it is, or what for." }),
  scope: KeyScope.default("read"),
  expiresAt: Instant.refine(isToCome, "must be a time to come")
    .optional()
    .openapi({ description: "From when on it is refused; never where it is left out." }),
}).openapi("CreateKeyRequest", { example: { name: "training cluster", scope: "read" } });
export type CreateKeyRequest = z.infer<typeof CreateKeyRequest>;

export const RotateKeyRequest = strictObject({
  graceSeconds: z.int().min(0).max(604_800).default(0).openapi({
    description: "How long the key that is replaced still holds.",
  }),
}).openapi("RotateKeyRequest", { example: { graceSeconds: 3600 } });
export type RotateKeyRequest = z.infer<typeof RotateKeyRequest>;
