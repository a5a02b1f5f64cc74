import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Env } from "hono";

type Document = ReturnType<OpenAPIHono["getOpenAPI31Document"]>;

export interface DocumentInfo {
  /** Title and description of the OpenAPI document. */
  title: string;
  description: string;
  version: string;
  /** What each tag is about. */
  tags?: Record<string, string>;
  /** Whether it takes API keys. */
  keys?: boolean;
  /** Where the service listens by default. */
  port?: number;
}

const API_KEY = {
  type: "http",
  scheme: "bearer",
  description: "Where the server asks for keys: `Authorization: Bearer hf_...`.",
} as const;
const LICENCE = { name: "MIT", identifier: "MIT" };

/** The OpenAPI 3.1 document of a service's routes. */
export function describeApi<E extends Env>(app: OpenAPIHono<E>, info: DocumentInfo): Document {
  const { title, description, version, tags = {}, port, keys } = info;
  if (keys) app.openAPIRegistry.registerComponent("securitySchemes", "apiKey", API_KEY);
  const local = { url: `http://127.0.0.1:${port}`, description: "By its default settings" };
  const document = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title, description, version, license: LICENCE },
    servers: [{ url: "/", description: "Where this document is" }, ...(port ? [local] : [])],
    tags: Object.entries(tags).map(([name, about]) => ({ name, description: about })),
    security: keys ? [{}, { apiKey: [] }] : [],
  });
  const { webhooks: _, ...used } = document;
  return foldReferences(used) as Document;
}

/** `allOf: [{ $ref }, { description }]` as OpenAPI 3.1 says it since, which generators take for the reference alone. */
function foldReferences(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(foldReferences);
  if (typeof node !== "object" || node === null) return node;
  const { allOf, ...rest } = node as { allOf?: Record<string, unknown>[] };
  const [reference, beside = {}] = allOf ?? [];
  if (reference?.$ref && allOf?.length === 2 && "description" in beside) {
    return { ...reference, ...beside, ...rest };
  }
  const entries = Object.entries(node).map(([key, value]) => [key, foldReferences(value)]);
  return Object.fromEntries(entries);
}
