import type { z } from "@hono/zod-openapi";
import { startTracing } from "@hyperface/tracing";
import { type CommonEnvironment, readEnvironment, readOptions } from "./environment.ts";
import { makeHome } from "./home.ts";
import { closeOnSignals, type Listening } from "./listen.ts";
import { createLogger, type ServiceLogger } from "./logger.ts";

/**
 * Runs a service until it is told to stop. What keeps it from starting is said in a line, and ends the
 * process with 1.
 */
export async function startService<E extends typeof CommonEnvironment>(
  name: string,
  schema: E,
  start: (
    environment: z.infer<E>,
    logger: ServiceLogger,
    variables: Record<string, string | undefined>,
  ) => Promise<Listening>,
): Promise<void> {
  try {
    const variables = readOptions(schema);
    const environment = readEnvironment(schema, variables);
    await makeHome(environment.HYPERFACE_HOME);
    const logger = createLogger(name, environment.LOG_LEVEL);
    const { OTEL_EXPORTER_OTLP_ENDPOINT: collector } = environment;
    const endTracing = collector ? await startTracing(name, collector) : undefined;
    const { url, close } = await start(environment, logger, variables);
    const closeAll = async () => {
      await close();
      // A collector that is away keeps no process from ending.
      await endTracing?.().catch((err) => logger.warn({ why: `${err}` }, "traces not sent"));
    };
    closeOnSignals({ url, close: closeAll }, logger);
    logger.info({ url, docs: `${url}/docs` }, "listening");
  } catch (error) {
    console.error(`${name} cannot start. ${(error as Error).message}`);
    if (process.env.LOG_LEVEL === "debug") console.error(error);
    process.exit(1);
  }
}
