import { listen, startService } from "@hyperface/service-kit";
import { DEFAULT_PORT, Environment } from "./env.ts";
import { createApiService } from "./index.ts";

await startService("api", Environment, async (environment, logger) => {
  const { app, close } = await createApiService({ environment, logger });
  const { PORT: port = DEFAULT_PORT, HOST: hostname } = environment;
  return listen(app, { port, hostname, close });
});
