import { closeOnSignals, createLogger, listen, readEnvironment } from "@hyperface/service-kit";
import { DEFAULT_PORT, Environment } from "./env.ts";
import { createApiService } from "./index.ts";

const environment = readEnvironment(Environment);
const logger = createLogger("api", environment.LOG_LEVEL);
const { app, close } = await createApiService({ environment, logger });
const { PORT: port = DEFAULT_PORT, HOST: hostname } = environment;
const listening = await listen(app, { port, hostname, close });
closeOnSignals(listening, logger);
logger.info({ url: listening.url }, "listening");
