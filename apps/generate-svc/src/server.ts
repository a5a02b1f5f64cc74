import { listen, startService } from "@hyperface/service-kit";
import { DEFAULT_PORT, Environment } from "./env.ts";
import { createGenerateService } from "./index.ts";

await startService("generate-svc", Environment, (environment, logger) => {
  const { app, close } = createGenerateService({ environment, logger });
  const { PORT: port = DEFAULT_PORT, HOST: hostname } = environment;
  return listen(app, { port, hostname, close });
});
