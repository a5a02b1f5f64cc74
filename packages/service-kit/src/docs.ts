import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { HyperFaceError } from "@hyperface/contracts";
import type { Env, Hono, Schema } from "hono";
import type { DocumentInfo } from "./document.ts";
import { negotiate } from "./negotiation.ts";

const ASSETS: Record<string, string> = {
  "swagger-ui-bundle.js": "text/javascript",
  "swagger-ui.css": "text/css",
};

/**
 * The API's documentation at /docs, every file of it served from here. The root leads a browser there, and tells a
 * program where things are. Links are relative: a proxy may serve all this under a path of its own.
 */
export function serveDocs<E extends Env, S extends Schema>(
  app: Hono<E, S>,
  { title, version }: DocumentInfo,
): void {
  const folder = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));

  app.get("/", (c) => {
    if (negotiate(c, ["application/json", "text/html"]) === "text/html") return c.redirect("docs");
    return c.json({ title, version, documentation: "docs", openapi: "openapi.json" });
  });
  app.get("/docs", (c) => c.html(page(title)));
  app.get("/docs/", (c) => c.redirect("../docs"));
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
