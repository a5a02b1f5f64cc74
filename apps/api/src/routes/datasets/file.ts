import { basename } from "node:path";
import { z } from "@hono/zod-openapi";
import { DatasetId, text } from "@hyperface/contracts";
import {
  createRoute,
  matchesEtag,
  problems,
  type ServiceApp,
  streamBody,
} from "@hyperface/service-kit";
import type { Dependencies } from "../../dependencies.ts";
import { openDatasetFile } from "../../usecases/datasets/files.ts";
import { rangeOf } from "./range.ts";

const content = {
  "application/octet-stream": { schema: { type: "string", format: "binary" } as const },
};
const route = createRoute({
  method: "get",
  path: "/v1/datasets/{id}/files/{name}",
  operationId: "getDatasetFile",
  tags: ["datasets"],
  summary: "A file of a dataset, or one range of its bytes",
  description: "Of those that its list of files names.",
  request: {
    params: z.object({ id: DatasetId, name: text(1000) }),
    headers: z.object({
      range: z.string().optional().openapi({ example: "bytes=0-1023" }),
      "if-range": z.string().optional(),
    }),
  },
  responses: {
    200: { description: "The file; its ETag and Repr-Digest are its SHA-256", content },
    206: { description: "The range asked for", content },
    304: { description: "The ETag of If-None-Match is still right" },
    416: { description: "The file has no such range" },
    ...problems(404, 500),
  },
});

/** The name has slashes, as the file's place in a folder: no pattern of the document's paths says so. */
const withSlashes = { ...route, path: "/v1/datasets/{id}/files/{name{.+}}", hide: true } as const;

export function getDatasetFileRoute(app: ServiceApp, deps: Dependencies): void {
  app.openAPIRegistry.registerPath(route);
  app.openapi(withSlashes, async (c) => {
    const { id, name } = c.req.valid("param");
    const file = await openDatasetFile(deps, id, name);
    const etag = `"${file.sha256}"`;
    const headers = {
      etag,
      "accept-ranges": "bytes",
      "cache-control": "private, max-age=31536000, immutable",
      "repr-digest": `sha-256=:${Buffer.from(file.sha256, "hex").toString("base64")}:`,
    };
    if (matchesEtag(c.req.header("if-none-match"), etag)) return c.body(null, 304, headers);
    const range = rangeOf(c.req.header("range"), c.req.header("if-range"), file.bytes, etag);
    if (range === "unsatisfiable") {
      return c.body(null, 416, { "content-range": `bytes */${file.bytes}` });
    }
    const { start, end } = range ?? { start: 0, end: file.bytes };
    const stream = await streamBody(c, file.read(range), deps.logger);
    return c.body(stream, range ? 206 : 200, {
      ...headers,
      "content-type": "application/octet-stream",
      "content-length": String(end - start),
      "content-disposition": `attachment; filename="${basename(name)}"`,
      ...(range ? { "content-range": `bytes ${start}-${end - 1}/${file.bytes}` } : {}),
    });
  });
}
