import { Environment as ApiEnvironment, createApiService, DEFAULT_PORT } from "@hyperface/api";
import { createEmbedService, Environment as EmbedEnvironment } from "@hyperface/embed-svc";
import { createGenerateService, Environment as GenerateEnvironment } from "@hyperface/generate-svc";
import {
  createOptimizerService,
  Environment as OptimizerEnvironment,
} from "@hyperface/optimizer-svc";
import {
  type Listening,
  listen,
  readEnvironment,
  type ServiceLogger,
} from "@hyperface/service-kit";

export const Environment = ApiEnvironment.extend(EmbedEnvironment.shape)
  .extend(OptimizerEnvironment.shape)
  .extend(GenerateEnvironment.shape);

/**
 * All four services in this process, on one port. The gateway calls the others by the client code that
 * calls them over the network elsewhere.
 */
export async function startAll(
  variables: Record<string, string | undefined>,
  logger: ServiceLogger,
): Promise<Listening> {
  const environment = readEnvironment(ApiEnvironment, variables);
  const services = {
    embed: createEmbedService({
      environment: readEnvironment(EmbedEnvironment, variables),
      logger,
    }),
    optimizer: await createOptimizerService({
      environment: readEnvironment(OptimizerEnvironment, variables),
      logger,
    }),
    generate: createGenerateService({
      environment: readEnvironment(GenerateEnvironment, variables),
      logger,
    }),
  };
  const fetch = {
    embed: services.embed.app.fetch,
    optimizer: services.optimizer.app.fetch,
    generate: services.generate.app.fetch,
  };
  const api = await createApiService({ environment, logger, fetch });
  const { PORT: port = DEFAULT_PORT, HOST: hostname } = environment;
  const close = async () => {
    await api.close();
    await Promise.all(Object.values(services).map((service) => service.close()));
  };
  return listen(api.app, { port, hostname, close });
}
