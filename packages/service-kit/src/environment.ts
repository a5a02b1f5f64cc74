import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { z } from "@hono/zod-openapi";
import { filled, textNumber } from "@hyperface/contracts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Settings every service has; each service extends this with its own. */
export const CommonEnvironment = z.object({
  PORT: textNumber(z.int().min(0).max(65535)).optional(),
  HOST: filled().default("127.0.0.1"),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "silent"]).default("info"),
  /** Folder of all state: models/, database/, objects/. */
  HYPERFACE_HOME: filled()
    .default(resolve(root, ".hyperface"))
    .transform((path) => resolve(path)),
  /** Where objects are: `s3://bucket/prefix?region=...&endpoint=...`; HYPERFACE_HOME's objects/ where it is not set. */
  STORE_URL: z.url({ protocol: /^s3$/ }).optional(),
  /** A secret that the services share: the model services answer whoever sends it, and anyone where it is not set. */
  SERVICE_TOKEN: filled().min(16, "must be of 16 characters at least").optional(),
  /** Where traces are sent, by OTLP over HTTP; nowhere where it is not set. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
});

/**
 * Settings given as options, `--role work` for ROLE=work; the environment's where there are none.
 * @throws Error naming an option that is no setting, or has no value
 */
export function readOptions(
  schema: z.ZodObject,
  given: readonly string[] = process.argv.slice(2),
  environment: Record<string, string | undefined> = process.env,
): Record<string, string | undefined> {
  const names = Object.keys(schema.shape);
  const toOption = (name: string) => name.toLowerCase().replaceAll("_", "-");
  const type = "string" as const;
  const options = Object.fromEntries(names.map((name) => [toOption(name), { type }]));
  const { values } = parseArgs({ args: [...given], options });
  const read = names.map((name) => [name, values[toOption(name)]]);
  return { ...environment, ...Object.fromEntries(read.filter(([, value]) => value !== undefined)) };
}

/**
 * Parses the environment once, at start.
 * @throws Error naming every variable that is wrong and what it must be
 */
export function readEnvironment<T extends z.ZodType>(
  schema: T,
  environment: Record<string, string | undefined> = process.env,
): z.infer<T> {
  const parsed = schema.safeParse(environment);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`The environment cannot be used:\n${lines.join("\n")}`);
}
