import { listen, startService } from "@hyperface/service-kit";
import { DEFAULT_PORT, Environment } from "./env.ts";
import { createOptimizerService } from "./index.ts";

await startService("optimizer-svc", Environment, async (environment, logger) => {
  const { app, close } = await createOptimizerService({ environment, logger });
  const { PORT: port = DEFAULT_PORT, HOST: hostname } = environment;
  return listen(app, { port, hostname, close });
});
