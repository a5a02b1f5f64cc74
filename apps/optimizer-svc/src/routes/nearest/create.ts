import { messageContent, NearestRequest, NearestResponse } from "@hyperface/contracts";
import {
  answerMessage,
  clientSignal,
  createRoute,
  problems,
  readMessage,
  type ServiceApp,
} from "@hyperface/service-kit";
import type { OptimizerDependencies } from "../../dependencies.ts";

const route = createRoute({
  method: "post",
  path: "/v1/nearest",
  operationId: "findNearest",
  tags: ["sets"],
  summary: "The vector of a stored set nearest to each of some others",
  description: "Exact: every pair is looked at, a block of the set at a time.",
  request: {
    body: { required: true, content: messageContent(NearestRequest) },
  },
  responses: {
    200: {
      description: "In the queries' order",
      content: messageContent(NearestResponse),
    },
    ...problems(400, 415, 422, 500, 503),
  },
});

export function findNearestRoute(app: ServiceApp, { threads }: OptimizerDependencies): void {
  app.openapi(route, async (c) => {
    const request = await readMessage(c, NearestRequest);
    const found = await threads.findNearest(request, clientSignal(c));
    return answerMessage(c, NearestResponse, found);
  });
}
