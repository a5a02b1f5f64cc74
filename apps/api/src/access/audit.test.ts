import { createAdaptorServer } from "@hono/node-server";
import { createLogger } from "@hyperface/service-kit";
import request from "supertest";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createApiApp } from "../app.ts";
import { useDependencies } from "../test-dependencies.ts";
import { createKey } from "../usecases/keys/create.ts";
import { startAudit } from "./audit.ts";
import { createFirstKey } from "./first-key.ts";
import { createGuard } from "./guard.ts";

const gateway = useDependencies();
let server: ReturnType<typeof createAdaptorServer>;
let audit: ReturnType<typeof startAudit>;
let admin: string;
let writer: { id: string; key: string };
beforeAll(async () => {
  const { deps } = gateway;
  admin = (await createFirstKey(deps.db)) as string;
  writer = await createKey(deps, { name: "writer", scope: "write" });
  audit = startAudit(deps.db, createLogger("test", "silent"), 90);
  const guard = createGuard(deps.db, { keys: true, limits: [] });
  const app = createApiApp(deps, { audit: audit.middleware, guard });
  server = createAdaptorServer({ fetch: app.fetch });
});
afterAll(() => server?.close());

const ask = (method: "get" | "post" | "delete", path: string, key: string) =>
  request(server)[method](path).set("authorization", `Bearer ${key}`);

test("who made, deleted or was refused what can be asked for, by an admin", async () => {
  const upload = { source: "upload", embeddings: [[1, 0, 0, 0]] };
  const { id } = (await ask("post", "/v1/galleries", writer.key).send(upload)).body;
  await ask("get", "/v1/galleries", writer.key);
  await ask("get", `/v1/packings/pak_none/identities/0/images/3?beta=0.1`, writer.key);
  await ask("delete", `/v1/galleries/${id}`, admin);
  await ask("delete", "/v1/galleries/%00", admin);
  await ask("post", "/v1/galleries", "hf_wrong").send(upload);
  await audit.close();

  expect((await ask("get", "/v1/audit", writer.key)).status).toBe(403);
  const { body } = await ask("get", "/v1/audit", admin);
  const found = body.data.map((entry: Record<string, unknown>) => [
    entry.client === writer.id ? "writer" : entry.client && "admin",
    `${entry.method} ${entry.path}`,
    entry.status,
    entry.made,
  ]);
  // Newest first; lists are no making.
  expect(found).toEqual([
    [null, "POST /v1/galleries", 401, null],
    ["admin", "DELETE /v1/galleries/%00", 404, null],
    ["admin", `DELETE /v1/galleries/${id}`, 204, null],
    ["writer", "GET /v1/packings/pak_none/identities/0/images/3?beta=0.1", 404, null],
    ["writer", "POST /v1/galleries", 201, `/v1/galleries/${id}`],
  ]);
  expect(body.data[3].route).toBe("/v1/packings/:id/identities/:identity/images/:sample");

  const query = `client=${writer.id}&path=/v1/packings/&createdAfter=2020-01-01T00:00:00Z`;
  const { body: filtered } = await ask("get", `/v1/audit?${query}`, admin);
  expect(filtered.data).toEqual([body.data[3]]);
  const { body: page } = await ask("get", "/v1/audit?limit=3", admin);
  const { body: next } = await ask("get", `/v1/audit?cursor=${page.nextCursor}`, admin);
  expect([...page.data, ...next.data]).toEqual(body.data);
});
