import { EMBEDDINGS_ROUTE } from "@hyperface/contracts";
import { clientSignal, createRoute, problems, type ServiceApp } from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";

const { answer, ...shared } = EMBEDDINGS_ROUTE;
const route = createRoute({
  ...shared,
  responses: { 200: answer, ...problems(400, 406, 413, 415, 422, 503) },
});

/** The embed service's own answer, whatever it says: it reads the body, this only passes it on. */
export function createEmbeddingsRoute(app: ServiceApp, { embed }: Dependencies): void {
  app.openAPIRegistry.registerPath(route);
  app.post(route.path, async (c) => {
    const answer = await embed.forward(c.req.raw, clientSignal(c));
    return new Response(answer.body, answer);
  });
}
