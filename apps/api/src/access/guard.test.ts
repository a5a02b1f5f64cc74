import { createAdaptorServer } from "@hono/node-server";
import { sql } from "drizzle-orm";
import request from "supertest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApiApp } from "../app.ts";
import { apiKeys } from "../db/schema.ts";
import { DATABASES, openTestDependencies } from "../test-dependencies.ts";
import { createFirstKey } from "./first-key.ts";
import { createGuard } from "./guard.ts";
import { createRateLimit } from "./rate-limit.ts";

describe.each(DATABASES)("a gateway that asks for keys (%s)", (database) => {
  let open: Awaited<ReturnType<typeof openTestDependencies>>;
  let server: ReturnType<typeof createAdaptorServer>;
  let admin: string;
  beforeAll(async () => {
    open = await openTestDependencies(database);
    const guard = createGuard(open.deps.db, { keys: true, limits: [] });
    server = createAdaptorServer({ fetch: createApiApp(open.deps, { guard }).fetch });
    admin = (await createFirstKey(open.deps.db)) as string;
  });
  afterAll(async () => {
    server?.close();
    await open?.close();
  });
  const ask = (method: "get" | "post" | "delete", path: string, key = admin) =>
    request(server)[method](path).set("authorization", `Bearer ${key}`);
  const make = async (body: object) => (await ask("post", "/v1/keys").send(body)).body;

  test("makes the first one once, whoever starts first", async () => {
    const { db } = open.deps;
    expect(await Promise.all([createFirstKey(db), createFirstKey(db)])).toEqual([
      undefined,
      undefined,
    ]);
    const [row] = await db.select().from(apiKeys);
    expect(row).toMatchObject({ scope: "admin" });
    expect(JSON.stringify(row)).not.toContain(admin);
  });

  test("answers documentation and health without, and nothing else", async () => {
    for (const path of ["/", "/docs", "/openapi.json", "/health/live"]) {
      expect((await request(server).get(path)).status, path).toBe(200);
    }
    for (const path of ["/v1/galleries", "/v1/nothing", "/metrics"]) {
      const { status, headers, body } = await request(server).get(path);
      expect([status, headers["www-authenticate"]], path).toEqual([401, "Bearer"]);
      expect(body.type).toBe("urn:hyperface:problem:unauthenticated");
    }
  });

  test.each(["", "Bearer", "Bearer hf_wrong", "Basic aGY6", "bearer  x y"])(
    "refuses Authorization: %s",
    async (authorization) => {
      const answer = await request(server).get("/v1/jobs").set("authorization", authorization);
      expect(answer.status).toBe(401);
    },
  );

  test("lets each scope do what it says", async () => {
    const read = await make({ name: "reader" });
    const write = await make({ name: "writer", scope: "write" });
    expect(read).toMatchObject({ name: "reader", scope: "read", expiresAt: null });
    expect((await ask("get", "/v1/galleries", read.key)).status).toBe(200);
    const upload = { source: "upload", embeddings: [[1, 0, 0, 0]] };
    const refused = await ask("post", "/v1/galleries", read.key).send(upload);
    expect([refused.status, refused.body.detail]).toEqual([
      403,
      "POST /v1/galleries needs a key of scope write; this one's is read",
    ]);
    expect((await ask("post", "/v1/galleries", write.key).send(upload)).status).toBe(201);
    expect((await ask("get", "/v1/keys", write.key)).status).toBe(403);
    expect((await ask("delete", `/v1/keys/${read.id}`, write.key)).status).toBe(403);
  });

  test("revokes, lets expire, and rotates with grace", async () => {
    const [gone, late, old] = await Promise.all(
      ["a", "b", "c"].map((name) => make({ name, expiresAt: "9000-01-01T00:00:00Z" })),
    );
    expect((await ask("delete", `/v1/keys/${gone.id}`)).status).toBe(204);
    expect((await ask("get", "/v1/jobs", gone.key)).status).toBe(401);
    expect((await ask("delete", `/v1/keys/${gone.id}`)).status).toBe(404);

    const { db } = open.deps;
    await db.update(apiKeys).set({ expiresAt: sql`now()` }).where(sql`id = ${late.id}`);
    expect((await ask("get", "/v1/jobs", late.key)).status).toBe(401);

    const rotation = `/v1/keys/${old.id}/rotation`;
    const next = (await ask("post", rotation).send({ graceSeconds: 60 })).body;
    expect(next).toMatchObject({ id: old.id, name: "c", expiresAt: old.expiresAt });
    const last = (await ask("post", rotation).send({})).body;
    const statuses = [old, next, last].map(
      async ({ key }) => (await ask("get", "/v1/jobs", key)).status,
    );
    expect(await Promise.all(statuses)).toEqual([401, 401, 200]);
    await ask("post", rotation).send({ graceSeconds: 60 });
    expect((await ask("get", "/v1/jobs", last.key)).status).toBe(200);
  });

  test("lists keys a page at a time, without what they are", async () => {
    const { body: first } = await ask("get", "/v1/keys?limit=2");
    const { body: second } = await ask("get", `/v1/keys?limit=2&cursor=${first.nextCursor}`);
    expect(first.data).toHaveLength(2);
    const ids = [...first.data, ...second.data].map(({ id }: { id: string }) => id);
    expect(ids).toEqual([...new Set(ids)].sort().reverse());
    expect(JSON.stringify([first, second])).not.toMatch(/hf_|hash/);
  });

  test.each([
    [{ name: "x", expiresAt: "2001-01-01T00:00:00Z" }, "/expiresAt"],
    [{ name: "x", expiresAt: "9999-12-31T23:59:59-14:00" }, "/expiresAt"],
    [{ name: "" }, "/name"],
    [{ name: "x", scope: "root" }, "/scope"],
    [{ name: "x", scopes: ["read"] }, "/scopes"],
  ])("refuses %o", async (body, pointer) => {
    const answer = await ask("post", "/v1/keys").send(body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toMatchObject([{ pointer }]);
  });
});

describe("a limit of requests", () => {
  let open: Awaited<ReturnType<typeof openTestDependencies>>;
  beforeAll(async () => {
    open = await openTestDependencies("embedded");
  });
  afterAll(() => open?.close());

  test.each([true, false])(
    "is told by headers, over all gateways of a database, and ends in 429 (keys: %s)",
    async (keys) => {
      const { db } = open.deps;
      const admin = keys ? await createFirstKey(db) : "none";
      const servers = [0, 1].map(() => {
        const guard = createGuard(db, { keys, limits: [createRateLimit(db, 5)] });
        return createAdaptorServer({ fetch: createApiApp(open.deps, { guard }).fetch });
      });
      const answers = [];
      for (let i = 0; i < 7; i++) {
        const server = servers[i % 2] as (typeof servers)[0];
        answers.push(await request(server).get("/v1/jobs").set("authorization", `Bearer ${admin}`));
      }
      for (const server of servers) server.close();
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429, 429]);
      expect(answers[0]?.headers["ratelimit-policy"]).toBe('"requests";q=5;w=60');
      expect(answers[1]?.headers.ratelimit).toMatch(/^"requests";r=3;t=(60|5\d)$/);
      expect(answers[6]?.headers["retry-after"]).toMatch(/^(60|5\d)$/);
      expect(answers[6]?.body.type).toBe("urn:hyperface:problem:rate-limited");
    },
  );
});
