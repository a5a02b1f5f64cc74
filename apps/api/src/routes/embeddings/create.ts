import { EMBEDDINGS_ROUTE, TENSOR_MEDIA_TYPES } from "@hyperface/contracts";
import {
  clientSignal,
  contentType,
  createRoute,
  negotiate,
  problems,
  type ServiceApp,
} from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";

const { answer, ...shared } = EMBEDDINGS_ROUTE;
const route = createRoute({
  ...shared,
  responses: { 200: answer, ...problems(400, 406, 413, 415, 422, 503) },
});

const ACCEPTED = Object.keys(route.request.body.content);

/**
 * The embed service's own answer, whatever it says: it reads the body, this only passes it on. Not as messages, though,
 * which services of one release speak among themselves and clients are promised nothing of.
 */
export function createEmbeddingsRoute(app: ServiceApp, { embed }: Dependencies): void {
  app.openAPIRegistry.registerPath(route);
  app.post(route.path, async (c) => {
    contentType(c, ACCEPTED);
    const accept = negotiate(c, TENSOR_MEDIA_TYPES);
    const answer = await embed.forward(c.req.raw, accept, clientSignal(c));
    return new Response(answer.body, answer);
  });
}
