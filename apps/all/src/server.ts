import { CommonEnvironment, startService } from "@hyperface/service-kit";
import { startAll } from "./start-all.ts";

// npm start: the whole system in one process, on embedded defaults.
await startService("hyperface", CommonEnvironment, (_, logger) => startAll(process.env, logger));
