import {
  CommonEnvironment,
  closeOnSignals,
  createLogger,
  readEnvironment,
} from "@hyperface/service-kit";
import { startAll } from "./start-all.ts";

// npm start: the whole system in one process, on embedded defaults.
const logger = createLogger("hyperface", readEnvironment(CommonEnvironment).LOG_LEVEL);
const listening = await startAll(process.env, logger);
closeOnSignals(listening, logger);
logger.info({ url: listening.url, docs: `${listening.url}/docs` }, "listening");
