import { listen, startService } from "@hyperface/service-kit";
import { DEFAULT_PORT, Environment } from "./env.ts";
import { createEmbedService } from "./index.ts";

await startService("embed-svc", Environment, (environment, logger) => {
  const { app, close } = createEmbedService({ environment, logger });
  const { PORT: port = DEFAULT_PORT, HOST: hostname } = environment;
  return listen(app, { port, hostname, close });
});
