import { startService } from "@hyperface/service-kit";
import { Environment, startAll } from "./start-all.ts";

// npm start: the whole system in one process, on embedded defaults.
await startService("hyperface", Environment, (_, logger, variables) => startAll(variables, logger));
