import { z } from "@hono/zod-openapi";
import { filled, textNumberOr } from "@hyperface/contracts";
import { CommonEnvironment } from "@hyperface/service-kit";
import { readSigningKey } from "@hyperface/signed-reports";

const signingKey = filled().transform((text, context) => {
  try {
    return readSigningKey(text);
  } catch (error) {
    context.addIssue(`must be an Ed25519 private key: ${(error as Error).message}`);
    return z.NEVER;
  }
});

export const Environment = CommonEnvironment.extend({
  /** PostgreSQL; the embedded database under HYPERFACE_HOME where it is not set. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  EMBED_URL: z.url().default("http://127.0.0.1:8081"),
  OPTIMIZER_URL: z.url().default("http://127.0.0.1:8082"),
  GENERATE_URL: z.url().default("http://127.0.0.1:8083"),
  /** How long a slice of a job runs: what a killed process loses. A call must end before fetch gives up, 300 s. */
  SLICE_SECONDS: textNumberOr(2, z.number().positive().max(120)),
  /** How long a service may take for a call, beyond the slice that it was asked for. */
  SERVICE_TIMEOUT_SECONDS: textNumberOr(120, z.number().positive().max(150)),
  /** Ed25519, PEM or base64 of its PKCS 8: reports are signed by it, and by none where it is not set. */
  SIGNING_KEY: signingKey.optional(),
  /** Of images that were made, kept for who asks again; 0: none. */
  IMAGE_CACHE_MIB: textNumberOr(64, z.int().min(0).max(65_536)),
  /** Of an archive of photographs, and files that it may name. */
  MAX_ARCHIVE_MIB: textNumberOr(4096, z.number().positive().max(65_536)),
  MAX_ARCHIVE_FILES: textNumberOr(100_000, z.int().min(1).max(10_000_000)),
  /** Whether requests need an API key; `auto`: unless only this machine can ask. */
  API_KEYS: z.enum(["auto", "required", "off"]).default("auto"),
  /** Of each key, or of each address where no keys are asked for; 0: as many as they like. */
  REQUESTS_PER_MINUTE: textNumberOr(0, z.int().min(0).max(1_000_000)),
  /** Of each key or address, that one gateway works on at once; 0: as many as they like. */
  REQUESTS_AT_ONCE: textNumberOr(0, z.int().min(0).max(100_000)),
  /** Of answers to each key or address, before they are compressed; 0: no quota. */
  MEBIBYTES_PER_DAY: textNumberOr(0, z.int().min(0).max(2_000_000)),
  /** How long it is kept who asked for what, where keys are asked for; 0: not at all. */
  AUDIT_DAYS: textNumberOr(90, z.int().min(0).max(10_000)),
  /** What this process does of the gateway's: answer clients, advance jobs, or both. */
  ROLE: z.enum(["all", "serve", "work"]).default("all"),
  /** Jobs advanced at once, where it advances any. */
  WORKERS: textNumberOr(2, z.int().min(1, "must be 1 or more: ROLE=serve advances none").max(64)),
});
export const DEFAULT_PORT = 8080;
