import { isDeepStrictEqual } from "node:util";
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
  return plainly(used) as Document;
}

/** What the libraries write that the document's readers misread, said as all of them read it. */
function plainly(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(plainly);
  if (typeof node !== "object" || node === null) return node;
  const folded = boundTuple(foldReference(node as Schema));
  return Object.fromEntries(Object.entries(folded).map(([key, value]) => [key, plainly(value)]));
}

type Schema = Record<string, unknown>;

/** `allOf: [{ $ref }, { description }]` as OpenAPI 3.1 says it since, which generators take for the reference alone. */
function foldReference(schema: Schema): Schema {
  const { allOf, ...rest } = schema as { allOf?: Schema[] };
  const [reference, beside = {}] = allOf ?? [];
  const folds = reference?.$ref && allOf?.length === 2 && "description" in beside;
  return folds ? { ...reference, ...beside, ...rest } : schema;
}

/** A tuple of one type as an array of its length: `prefixItems` alone bounds no length, and not every tool knows it. */
function boundTuple(schema: Schema): Schema {
  const { prefixItems, ...rest } = schema as { prefixItems?: unknown[] };
  if (!Array.isArray(prefixItems)) return schema;
  const [items, ...others] = prefixItems;
  if (!others.every((other) => isDeepStrictEqual(other, items))) return schema;
  const { length } = prefixItems;
  return { ...rest, items, minItems: length, maxItems: length };
}
