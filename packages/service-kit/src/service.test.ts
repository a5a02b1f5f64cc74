import { createAdaptorServer } from "@hono/node-server";
import { z } from "@hono/zod-openapi";
import { causeHeaders, HyperFaceError, strictObject, text, textNumber } from "@hyperface/contracts";
import request from "supertest";
import { afterAll, expect, test } from "vitest";
import { createLogger, type ServiceLogger } from "./logger.ts";
import { contentType, negotiate } from "./negotiation.ts";
import { answerStateOrUnchanged, preconditionOf } from "./precondition.ts";
import { createRoute } from "./route.ts";
import { createService } from "./service.ts";
import { guardByToken } from "./token.ts";

const app = createService({
  name: "test-svc",
  title: "Test",
  description: "A service for tests",
  version: "1.2.3",
  logger: createLogger("test-svc", "silent"),
  maxBodyBytes: 2 ** 20,
  ready: {
    models: async () => {
      throw new Error("secret path /etc/models");
    },
    disk: async () => {},
  },
});
const Echo = strictObject({
  values: z.array(z.number()),
  pair: z.tuple([z.int(), z.int()]).optional(),
  "a/b": text(9).optional(),
  some: z.union([z.literal("all"), strictObject({ from: z.int(), to: z.int() })]).optional(),
});
app.openapi(
  createRoute({
    method: "post",
    path: "/v1/echo/{n}",
    request: {
      params: z.object({ n: textNumber(z.int()) }),
      body: {
        required: true,
        content: { "application/json": { schema: Echo } },
      },
    },
    responses: { 200: { description: "The body again" } },
  }),
  (c) => c.json(c.req.valid("json")),
);
app.openapi(
  createRoute({
    method: "get",
    path: "/v1/old",
    deprecation: {
      since: new Date("2026-11-01T00:00:00Z"),
      sunset: new Date("2027-05-01T00:00:00Z"),
      successor: "/v2/new",
    },
    responses: { 200: { description: "As ever" } },
  }),
  (c) => c.text("as ever"),
);
const thing = { name: "thing", text: "long enough to be compressed ".repeat(50) };
app.get("/v1/thing", (c) => answerStateOrUnchanged(c, thing));
app.on(["PATCH", "DELETE"], "/v1/thing", (c) => {
  preconditionOf(c)(thing);
  return c.body(null, 204);
});
app.get("/fails", () => {
  throw new Error("secret connection string");
});
app.get("/no-face", () => {
  throw new HyperFaceError("no-face", "image 2 has no face", {
    errors: [{ pointer: "/images/2", detail: "no face" }],
  });
});
app.get("/busy", () => {
  throw new HyperFaceError("overloaded", "7 items wait", { retryAfter: 6.2 });
});
app.get("/away", () => {
  throw new HyperFaceError("service-unavailable", "it cannot be reached");
});
app.get("/negotiated", (c) => c.text(negotiate(c, ["image/png", "image/webp"])));
app.post("/typed", (c) => c.text(contentType(c, ["application/json", "application/x-npy"])));

const server = createAdaptorServer({ fetch: app.fetch });
afterAll(() => server.close());
const post = (body: string, type = "application/json") =>
  request(server).post("/v1/echo/1").set("content-type", type).send(body);

test("a domain error becomes a problem that names the place", async () => {
  const answer = await request(server).get("/no-face").set("x-request-id", "abc-1");
  expect(answer.status).toBe(422);
  expect(answer.headers["content-type"]).toBe("application/problem+json");
  expect(JSON.parse(answer.text)).toEqual({
    type: "urn:hyperface:problem:no-face",
    title: "No face found",
    status: 422,
    detail: "image 2 has no face",
    instance: "/no-face",
    requestId: "abc-1",
    errors: [{ pointer: "/images/2", detail: "no face" }],
  });
});

test("says when to try again, as far as anybody knows", async () => {
  for (const [path, seconds] of [
    ["/busy", "7"],
    ["/away", "5"],
  ]) {
    const answer = await request(server).get(path as string);
    expect([answer.status, answer.headers["retry-after"]]).toEqual([503, seconds]);
  }
});

test("a failure of ours tells nothing of its cause", async () => {
  const answer = await request(server).get("/fails");
  expect(answer.status).toBe(500);
  expect(answer.text).not.toContain("secret");
  const ready = await request(server).get("/health/ready");
  expect(ready.status).toBe(503);
  expect(ready.text).not.toContain("secret");
  expect(ready.body.errors).toEqual([{ pointer: "models", detail: "not ready" }]);
});

test("every kind of bad request gets its own problem", async () => {
  const problems = await Promise.all([
    post('{"values":[1,NaN]}'),
    post('{"values":[1,"a"]}'),
    post("values=1", "text/plain"),
    post(`{"values":[${"1,".repeat(2 ** 20)}1]}`),
    request(server).post("/v1/echo/one").send({ values: [] }),
    request(server).get("/v1/nothing"),
  ]);
  const said = problems.map(({ status, text }) => {
    const { type, detail, errors } = JSON.parse(text);
    return { status, type: type.split(":").at(-1), detail, pointer: errors?.[0].pointer };
  });
  expect(said).toMatchObject([
    { status: 400, type: "malformed-body", detail: expect.stringContaining("NaN") },
    { status: 400, type: "invalid-request", pointer: "/values/1" },
    { status: 415, type: "unsupported-media-type", detail: expect.stringContaining("text/plain") },
    { status: 413, type: "body-too-large", detail: expect.stringContaining("1 MiB") },
    { status: 400, type: "invalid-request", pointer: "n" },
    { status: 404, type: "not-found", detail: expect.stringContaining("/v1/nothing") },
  ]);
});

test.each([
  ["a misspelt field", '{"values":[],"valeus":[1]}', "/valeus", "did you mean values?"],
  ["a field that is left out", "{}", "/values", "is missing: it must be given, as array"],
  ["an unknown field", '{"values":[],"x/y~z":1}', "/x~1y~0z", "use values, pair, a/b, some"],
  ["U+0000 in text", '{"values":[],"a/b":"x\\u0000"}', "/a~1b", "U+0000"],
  ["a name within", '{"values":[],"some":{"from":1,"to":2,"form":1}}', "/some/form", "mean from?"],
  ["a value within", '{"values":[],"some":{"from":1,"to":"2"}}', "/some/to", "expected number"],
  ["no kind", '{"values":[],"some":3}', "/some", 'expected "all" or object, received number'],
  ["half a surrogate pair", '{"values":[],"a/b":"\\ud800"}', "/a~1b", "surrogate"],
])("%s is refused at its place", async (_, body, pointer, why) => {
  const answer = await post(body);
  expect(answer.status).toBe(400);
  expect(JSON.parse(answer.text).errors).toEqual([
    { pointer, detail: expect.stringContaining(why) },
  ]);
});

test("bytes that are no UTF-8 are refused, not replaced", async () => {
  const bytes = Buffer.from('{"values":[],"a/b":"\xff"}', "latin1");
  const send = (body: Buffer) =>
    request(server).post("/v1/echo/1").type("application/json").send(body.toString("latin1"));
  const answers = await Promise.all([
    app.request("/v1/echo/1", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: bytes,
    }),
    app.request("/v1/echo/1?%ff=1", { method: "POST" }),
    app.request("/v1/echo/%c3", { method: "POST" }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([400, 400, 400]);
  expect(await answers[0]?.json()).toMatchObject({ detail: "the body is not UTF-8, as JSON is" });
  expect((await send(Buffer.from('{"values":[],"a/b":"\u00e9"}'))).status).toBe(200);
});

test("a query that nobody declared is refused, and so is a value without a name", async () => {
  const answer = await request(server).post("/v1/echo/1?beta=1").send({ values: [] });
  expect(answer.status).toBe(400);
  expect(JSON.parse(answer.text).errors[0].pointer).toBe("beta");
  for (const query of ["?=1", "?a=1&=0.5"]) {
    const nameless = await request(server).get(`/negotiated${query}`);
    expect([nameless.status, JSON.parse(nameless.text).detail]).toEqual([
      400,
      expect.stringContaining("has no name"),
    ]);
  }
  expect((await request(server).get("/negotiated?a==1")).status).toBe(200);
});

test.each([
  ["image/webp, image/png;q=0.5", "image/webp"],
  ["image/webp;q=0.4, image/png;q=0.5", "image/png"],
  ["IMAGE/WEBP", "image/webp"],
  ["image/*", "image/png"],
  ["text/html, */*;q=0.1", "image/png"],
  ["image/png;q=0, */*", "image/webp"],
  ["image/*;q=0.2, image/webp;q=0.9", "image/webp"],
  ["image/*;q=0.9, image/png;q=0.2", "image/webp"],
  ["", "image/png"],
])("of Accept: %s it answers %s", async (accept, media) => {
  const answer = await request(server).get("/negotiated").set("accept", accept);
  expect(answer.text).toBe(media);
});

test.each(["text/html", "image/png;q=0", "*/*;q=0", "nonsense"])(
  "of Accept: %s it answers 406",
  async (accept) => {
    const answer = await request(server).get("/negotiated").set("accept", accept);
    expect(answer.status).toBe(406);
    expect(JSON.parse(answer.text).detail).toContain(accept);
  },
);

test("accepts the media types of a route's body, or says 415", async () => {
  const send = (type: string) => request(server).post("/typed").type(type).send("a");
  expect((await send("application/x-npy")).text).toBe("application/x-npy");
  expect((await send("text/csv")).status).toBe(415);
});

test("serves its documentation without any other host", async () => {
  const page = await request(server).get("/docs");
  expect(page.text).not.toMatch(/https?:/);
  for (const [, link] of page.text.matchAll(/(?:src|href)="(docs[^"]+)"/g)) {
    expect((await request(server).get(`/${link}`)).status).toBe(200);
  }
  expect((await request(server).get("/docs/package.json")).status).toBe(404);
  const spec = await request(server).get("/openapi.json");
  expect(spec.body).toMatchObject({ openapi: "3.1.0", info: { title: "Test", version: "1.2.3" } });
  expect(Object.keys(spec.body.paths)).toEqual(["/v1/echo/{n}", "/v1/old"]);
});

test("documents a tuple as every tool reads it", async () => {
  const { body } = await request(server).get("/openapi.json");
  const { schema } = body.paths["/v1/echo/{n}"].post.requestBody.content["application/json"];
  const pair = { type: "array", items: { type: "integer" }, minItems: 2, maxItems: 2 };
  expect(schema.properties.pair).toEqual(pair);
});

test("what a path takes is told, and HEAD is GET without its body", async () => {
  const allowed = async (method: "options" | "put" | "get", path: string) => {
    const { status, headers } = await request(server)[method](path);
    return [status, headers.allow];
  };
  expect(await allowed("options", "/v1/echo/1")).toEqual([204, "POST, OPTIONS"]);
  expect(await allowed("get", "/v1/echo/1")).toEqual([405, "POST, OPTIONS"]);
  expect(await allowed("put", "/docs")).toEqual([405, "GET, HEAD, OPTIONS"]);
  expect(await allowed("options", "/v1/nothing")).toEqual([404, undefined]);
  const refused = await request(server).delete("/v1/echo/1");
  expect(JSON.parse(refused.text)).toMatchObject({
    type: "urn:hyperface:problem:method-not-allowed",
    detail: "/v1/echo/1 does not take DELETE: use POST, OPTIONS",
  });
  const [head, got] = [await request(server).head("/docs"), await request(server).get("/docs")];
  expect([head.status, head.text ?? ""]).toEqual([200, ""]);
  expect(head.headers["content-type"]).toBe(got.headers["content-type"]);
});

test("the root leads a browser to the documentation, and a program too", async () => {
  const browser = await request(server).get("/").set("accept", "text/html,*/*;q=0.8");
  expect([browser.status, browser.headers.location]).toEqual([302, "docs"]);
  const program = await request(server).get("/");
  expect(program.body).toMatchObject({ title: "Test", openapi: "openapi.json" });
  const slash = await request(server).get("/docs/");
  expect([slash.status, slash.headers.location]).toEqual([302, "../docs"]);
});

test("counts requests by route pattern", async () => {
  await post('{"values":[]}');
  const { text } = await request(server).get("/metrics");
  expect(text).toMatch(
    /http_requests_total\{[^}]*route="\/v1\/echo\/:n",status="200"[^}]*\} [1-9]/,
  );
});

test("a service with a token answers those alone that send it", async () => {
  const guard = guardByToken("sixteen-letters-");
  const guarded = createService({
    ...{ name: "guarded", title: "", description: "", version: "1", guard },
    logger: createLogger("guarded", "silent"),
  });
  guarded.get("/v1/x", (c) => c.text("x"));
  const ask = (authorization?: string) =>
    guarded.request("/v1/x", authorization ? { headers: { authorization } } : {});
  expect((await ask("Bearer sixteen-letters-")).status).toBe(200);
  for (const wrong of [undefined, "Bearer sixteen-letters", "sixteen-letters-"]) {
    const answer = await ask(wrong);
    expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
  }
  expect((await guarded.request("/health/live")).status).toBe(200);
});

test("a request's line names it and the job it is for, and so do the calls that it makes", async () => {
  const lines: object[] = [];
  const note = (line: object) => lines.push(line);
  const logger = { ...createLogger("log", "silent"), info: note } as ServiceLogger;
  const logged = createService({ name: "log", title: "", description: "", version: "1", logger });
  logged.get("/v1/x", async (c) => {
    await new Promise((done) => setTimeout(done, 1));
    return c.json(causeHeaders());
  });
  const ask = (headers: Record<string, string>) => logged.request("/v1/x", { headers });
  const called = await ask({ "x-request-id": "job_1-7", "x-job-id": "job_1" });
  expect(await called.json()).toEqual({ "x-request-id": "job_1-7", "x-job-id": "job_1" });
  const hostile = await ask({ "x-request-id": "a", "x-job-id": `"}${"x".repeat(999)}` });
  expect(await hostile.json()).toEqual({ "x-request-id": "a" });
  expect(lines).toMatchObject([
    { requestId: "job_1-7", jobId: "job_1", status: 200 },
    { requestId: "a", jobId: undefined },
  ]);
});

test("what is given up says since when, until when and what comes instead, in answers and document", async () => {
  const { headers, text } = await request(server).get("/v1/old");
  expect(text).toBe("as ever");
  expect(headers).toMatchObject({
    deprecation: "@1793491200",
    sunset: "Sat, 01 May 2027 00:00:00 GMT",
    link: '</v2/new>; rel="successor-version"',
  });
  // Its refusals too.
  expect((await request(server).get("/v1/old?x=1")).headers.deprecation).toBe("@1793491200");
  const { body } = await request(server).get("/openapi.json");
  expect(body.paths["/v1/old"].get.deprecated).toBe(true);
  expect(body.paths["/v1/echo/{n}"].post.deprecated).toBeUndefined();
});

test("a client that asked by https is told to keep to it, and no other", async () => {
  const get = (headers: Record<string, string>) =>
    request(createAdaptorServer({ fetch: app.fetch }))
      .get("/health/live")
      .set(headers);
  const plain = await get({});
  expect(plain.headers).toMatchObject({ "x-content-type-options": "nosniff" });
  expect(plain.headers).not.toHaveProperty("strict-transport-security");
  const secure = await get({ "x-forwarded-proto": "https" });
  expect(secure.headers["strict-transport-security"]).toMatch(/^max-age=\d+$/);
});

test("a change of another state than there is is refused, one of any state is made", async () => {
  const change = (method: "patch" | "delete", ifMatch: string) =>
    request(server)[method]("/v1/thing").set("if-match", ifMatch);
  for (const method of ["patch", "delete"] as const) {
    const { body } = await change(method, '"abc", W/"def"').expect(412);
    expect(body).toMatchObject({ type: "urn:hyperface:problem:precondition-failed" });
    expect(body.detail).toContain('"abc"');
    await change(method, "*").expect(204);
  }
  const { etag } = (await request(server).get("/v1/thing").set("accept-encoding", "gzip")).headers;
  expect(etag).toMatch(/^W\/"[\w-]{43}"$/);
  await change("patch", `"abc", ${etag}`).expect(204);
  const { headers } = await request(server).get("/v1/thing").set("accept-encoding", "identity");
  expect(headers.etag).toBe(etag?.slice(2));
  await change("delete", headers.etag as string).expect(204);
});

test("a state that a client has is not sent again, and another one is", async () => {
  const { etag } = (await request(server).get("/v1/thing")).headers;
  const ask = (tags: string) => request(server).get("/v1/thing").set("if-none-match", tags);
  const { text, headers } = await ask(`"abc", ${etag}`).expect(304);
  expect(text).toBe("");
  expect(headers.etag).toBe((etag as string).replace("W/", ""));
  await ask('"abc"').expect(200, thing);
});
