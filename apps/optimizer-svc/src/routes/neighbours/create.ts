import { NeighboursRequest, NeighboursResponse } from "@hyperface/contracts";
import { messageRoute, type ServiceApp } from "@hyperface/service-kit";
import type { OptimizerDependencies } from "../../dependencies.ts";

const route = {
  path: "/v1/neighbours",
  operationId: "createNeighbours",
  tags: ["sets"],
  summary: "Each vector's nearest other one in a stored set",
  description: "Exact: every pair is looked at.",
  request: NeighboursRequest,
  response: NeighboursResponse,
  answered: "In the set's order",
  refusals: [400, 415, 500, 503],
};

export function createNeighboursRoute(app: ServiceApp, { threads }: OptimizerDependencies): void {
  messageRoute(app, route, ({ set }, signal) => threads.seekNeighbours(set, signal));
}
