import { z } from "@hono/zod-openapi";
import { ChangeHeaders, ResourceUpdate } from "@hyperface/contracts";
import {
  answerState,
  createRoute,
  preconditionOf,
  problems,
  type ServiceApp,
  stateAnswer,
} from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { updateResource } from "../../usecases/resources/update.ts";
import { COLLECTIONS } from "../collections.ts";

const routes = COLLECTIONS.map(({ kind, path, name, Id, schema }) => ({
  kind,
  route: createRoute({
    method: "patch",
    path: `/v1/${path}/{id}`,
    operationId: `update${name}`,
    tags: [path],
    summary: "Give it another name",
    description: "Nothing else of it changes: what it is made of is what it is.",
    request: {
      params: z.object({ id: Id }),
      headers: ChangeHeaders,
      body: { required: true, content: { "application/json": { schema: ResourceUpdate } } },
    },
    responses: {
      ...stateAnswer(`The ${kind}`, schema),
      ...problems(400, 404, 412, 415),
    },
  }),
}));

export function updateResourceRoute(app: ServiceApp, deps: Dependencies): void {
  for (const { kind, route } of routes) {
    app.openapi(route, async (c) => {
      const { id } = c.req.valid("param");
      const { name } = c.req.valid("json");
      return answerState(c, await updateResource(deps, { kind, id }, name, preconditionOf(c)));
    });
  }
}
