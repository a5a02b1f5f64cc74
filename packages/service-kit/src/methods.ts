import { HyperFaceError } from "@hyperface/contracts";
import type { Context, Env, Hono, MiddlewareHandler, Schema } from "hono";
import type { RouterRoute } from "hono/types";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/**
 * What no route takes: OPTIONS is answered by what the path does take, another method is refused with it.
 * @throws HyperFaceError `not-found`, `method-not-allowed`
 */
export function answerUnrouted<E extends Env, S extends Schema>(app: Hono<E, S>, c: Context) {
  const { method, path } = c.req;
  const taken = METHODS.filter((each) => hasRoute(app, each, path));
  if (taken.length === 0) {
    throw new HyperFaceError("not-found", `there is nothing at ${method} ${path}`);
  }
  const allowed = [...taken, ...(taken.includes("GET") ? ["HEAD"] : []), "OPTIONS"].join(", ");
  c.header("allow", allowed);
  if (method === "OPTIONS") return c.body(null, 204);
  throw new HyperFaceError("method-not-allowed", `${path} does not take ${method}: use ${allowed}`);
}

/** HEAD is GET without its body: what one would be read from, such as events to come, is let go of. */
export const dropBodyOfHead: MiddlewareHandler = async (c, next) => {
  await next();
  if (c.req.method !== "HEAD" || !c.res.body) return;
  await c.res.body.cancel();
  c.res = new Response(null, c.res);
};

/** Middleware is of all methods, a route of one. */
function hasRoute<E extends Env, S extends Schema>(app: Hono<E, S>, method: string, path: string) {
  const [handlers] = app.router.match(method, path);
  return handlers.some(([[, route]]) => (route as RouterRoute).method === method);
}
