import { messageContent, NeighboursRequest, NeighboursResponse } from "@hyperface/contracts";
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
  path: "/v1/neighbours",
  operationId: "createNeighbours",
  tags: ["sets"],
  summary: "Each vector's nearest other one in a stored set",
  description: "Exact: every pair is looked at.",
  request: {
    body: { required: true, content: messageContent(NeighboursRequest) },
  },
  responses: {
    200: {
      description: "In the set's order",
      content: messageContent(NeighboursResponse),
    },
    ...problems(400, 415, 500, 503),
  },
});

export function createNeighboursRoute(app: ServiceApp, { threads }: OptimizerDependencies): void {
  app.openapi(route, async (c) => {
    const { set } = await readMessage(c, NeighboursRequest);
    const neighbours = await threads.seekNeighbours(set, clientSignal(c));
    return answerMessage(c, NeighboursResponse, neighbours);
  });
}
