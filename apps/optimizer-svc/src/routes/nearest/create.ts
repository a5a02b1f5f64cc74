import { NearestRequest, NearestResponse } from "@hyperface/contracts";
import { messageRoute, type ServiceApp } from "@hyperface/service-kit";
import type { OptimizerDependencies } from "../../dependencies.ts";

const route = {
  path: "/v1/nearest",
  operationId: "findNearest",
  tags: ["sets"],
  summary: "The vector of a stored set nearest to each of some others",
  description: "Exact: every pair is looked at, a block of the set at a time.",
  request: NearestRequest,
  response: NearestResponse,
  answered: "In the queries' order",
  refusals: [400, 415, 422, 500, 503],
};

export function findNearestRoute(app: ServiceApp, { threads }: OptimizerDependencies): void {
  messageRoute(app, route, (request, signal) => threads.findNearest(request, signal));
}
