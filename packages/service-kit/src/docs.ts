import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { HyperFaceError } from "@hyperface/contracts";
import type { Env, Hono, Schema } from "hono";

const ASSETS: Record<string, string> = {
  "swagger-ui-bundle.js": "text/javascript",
  "swagger-ui.css": "text/css",
};

/** The API's documentation at /docs, every file of it served from here. */
export function serveDocs<E extends Env, S extends Schema>(app: Hono<E, S>, title: string): void {
  const folder = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));

  app.get("/docs", (c) => c.html(page(title)));
  app.get("/docs/:file", async (c) => {
    const file = c.req.param("file") ?? "";
    const type = Object.hasOwn(ASSETS, file) ? ASSETS[file] : undefined;
    if (!type) throw new HyperFaceError("not-found", `the documentation has no file ${file}`);
    const bytes = await readFile(join(folder, file));
    return c.body(new Uint8Array(bytes), 200, {
      "content-type": type,
      "cache-control": "public, max-age=86400",
    });
  });
}

const page = (title: string) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/swagger-ui.css">
<div id="docs"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script>SwaggerUIBundle({ url: "openapi.json", dom_id: "#docs", deepLinking: true })</script>
</html>
`;
