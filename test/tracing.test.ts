import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type System, startService, temporaryHome } from "./servers.ts";

/** A span as OTLP's JSON has it. */
interface Span {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  attributes: { key: string; value: { stringValue?: string; intValue?: number } }[];
}
interface Export {
  resourceSpans: { resource: Pick<Span, "attributes">; scopeSpans: { spans: Span[] }[] }[];
}

const attribute = ({ attributes }: Pick<Span, "attributes">, name: string) => {
  const { value } = attributes.find(({ key }) => key === name) ?? {};
  return value?.stringValue ?? value?.intValue;
};

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const READING = "0af7651916cd43dd8448eb211c80319c";
const CALLER = "00f067aa0ba902b7";

const spans: (Span & { service: unknown })[] = [];
let collector: Server;
let place: Awaited<ReturnType<typeof temporaryHome>>;
const services: System[] = [];

beforeAll(async () => {
  collector = createServer(async (request, response) => {
    expect(request.url).toBe("/v1/traces");
    const { resourceSpans } = (await json(request)) as Export;
    for (const { resource, scopeSpans } of resourceSpans) {
      const service = attribute(resource, "service.name");
      for (const span of scopeSpans.flatMap((scope) => scope.spans)) {
        spans.push({ ...span, service });
      }
    }
    response.setHeader("content-type", "application/json").end("{}");
  });
  await new Promise<void>((done) => collector.listen(0, "127.0.0.1", done));
  const { port } = collector.address() as AddressInfo;
  place = await temporaryHome();
  const variables = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` };
  const [embed, optimizer] = await Promise.all([
    startService("embed-svc", place.home, variables),
    startService("optimizer-svc", place.home, variables),
  ]);
  const urls = { EMBED_URL: embed.url, OPTIMIZER_URL: optimizer.url };
  const api = await startService("api", place.home, { ...variables, ...urls });
  services.push(api, embed, optimizer);
});
afterAll(async () => {
  for (const service of services) await service.stop("SIGKILL");
  collector.close();
  await place?.remove();
});

test("a request, the job that it makes, its slices and the services that they call are one trace", async () => {
  const [api] = services as [System];
  const answer = await fetch(`${api.url}/v1/packings`, {
    method: "POST",
    headers: { "content-type": "application/json", traceparent: `00-${TRACE}-${CALLER}-01` },
    body: JSON.stringify({ count: 4, alpha: 0, iterations: 10 }),
  });
  const { id: packing, jobId } = (await answer.json()) as { id: string; jobId: string };
  await api.hyperface.jobs.wait(jobId);
  const headers = { traceparent: `00-${READING}-${CALLER}-01` };
  await fetch(`${api.url}/v1/packings/${packing}/embeddings`, { headers });
  // What is left to send is sent before a process ends.
  for (const service of services) expect(await service.stop()).toEqual([0]);

  const ofTrace = spans.filter(({ traceId }) => traceId === TRACE);
  const byId = new Map(ofTrace.map((span) => [span.spanId, span]));
  const pathOf = ({ service, name, kind, parentSpanId = "" }: (typeof spans)[number]): string => {
    const parent = byId.get(parentSpanId);
    return `${parent ? pathOf(parent) : parentSpanId} > ${service}: ${kind} ${name}`;
  };
  // Kinds: 2 server, 3 client, 4 producer, 5 consumer.
  const request = `${CALLER} > api: 2 POST /v1/packings`;
  const slice = `${request} > api: 4 send jobs > api: 5 process jobs`;
  const isStored = (span: Span) =>
    ["db.query.text", "hyperface.object.key"].some((name) => attribute(span, name) !== undefined);
  expect(ofTrace.filter(isStored).map(pathOf)).toEqual(
    expect.arrayContaining([
      `${request} > api: 3 insert packings`,
      `${request} > api: 4 send jobs > api: 3 insert jobs`,
      `${slice} > api: 3 select packings`,
    ]),
  );
  expect([...new Set(ofTrace.filter((span) => !isStored(span)).map(pathOf))].sort()).toEqual(
    [
      request,
      `${request} > api: 3 GET`,
      `${request} > api: 3 GET > embed-svc: 2 GET /v1/models/:name`,
      `${request} > api: 4 send jobs`,
      slice,
      `${slice} > api: 3 POST`,
      `${slice} > api: 3 POST > optimizer-svc: 2 POST /v1/packing-slices`,
    ].sort(),
  );
  const found = (name: string) => ofTrace.find((span) => span.name === name) as Span;
  expect(attribute(found("POST /v1/packings"), "http.response.status_code")).toBe(202);
  expect(attribute(found("POST /v1/packings"), "http.route")).toBe("/v1/packings");
  expect(attribute(found("process jobs"), "messaging.message.id")).toBe(jobId);
  expect(attribute(found("POST"), "url.full")).toMatch(/:\d+\/v1\/packing-slices$/);
  // What is read is told by the object, and by the row that names it.
  const reading = spans.filter(({ traceId }) => traceId === READING);
  expect(reading.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["select packings", "store get"]),
  );
  const object = reading.find(({ name }) => name === "store get");
  expect(attribute(object as Span, "hyperface.object.key")).toContain(packing);
  // Looks at health, by this test and by a probe, are in no trace.
  expect(spans.map(({ name }) => name).filter((name) => name.includes("health"))).toEqual([]);
});
