import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { because, ServiceAway } from "@hyperface/contracts";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { type CallOptions, createServiceClient } from "./service.ts";

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
});

/** A client of a real server, and what became of its connections. */
async function startService(answer: RequestListener, timeoutSeconds = 1) {
  const left: Promise<unknown>[] = [];
  const server = createServer((request, response) => {
    // On a busy machine the client may have given up before the request is seen here.
    const { socket } = request;
    left.push(socket.destroyed ? Promise.resolve() : once(socket, "close"));
    request.resume();
    answer(request, response);
  }).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  return { client: createServiceClient({ name: "some-svc", url, timeoutSeconds }), left };
}

const begin: RequestListener = (_, response) => {
  response.writeHead(200, { "content-type": "application/json" });
  response.write('{"some":');
};
const later = (ms: number) => new Promise((done) => setTimeout(done, ms));

// Those that only wait do so beside each other.
test.concurrent.each<[string, RequestListener, string]>([
  ["in headers", () => {}, "some-svc gave no answer within 1 s"],
  ["in the middle of a body", begin, "some-svc gave no more of its answer within 1 s"],
  [
    "never, but does not end either",
    (request, response) => {
      begin(request, response);
      const timer = setInterval(() => response.write(" "), 100);
      response.on("close", () => clearInterval(timer));
    },
    "some-svc did not end its answer within 2 s",
  ],
])(
  "a service that hangs %s is given up in time, and its connection closed",
  async (_, answer, detail) => {
    const { client, left } = await startService(answer);
    await expect(client.json("/v1/some", z.unknown(), { some: 1 })).rejects.toMatchObject({
      code: "timeout",
      message: detail,
    });
    await left[0];
    const passedOn = await client
      .send("/v1/some", { method: "POST", body: "x" })
      .then(
        (response) => response.text(),
        (error) => Promise.reject(error),
      )
      .catch((error) => error);
    expect(passedOn).toMatchObject({ code: "timeout", message: detail });
    await left[1];
  },
);

test.concurrent("what a call asks the service to spend is waited for beyond that", async () => {
  const { client } = await startService(async (_, response) => {
    await later(2000);
    response.end("{}");
  });
  await expect(client.json("/v1/some", z.unknown())).rejects.toMatchObject({ code: "timeout" });
  expect(await client.json("/v1/some", z.unknown(), {}, { budgetSeconds: 5 })).toEqual({});
});

test.concurrent("a client's slow upload does not count against the service", async () => {
  const { client } = await startService((request, response) => {
    request.on("end", () => response.end("{}"));
  });
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await later(250);
      controller.enqueue(new Uint8Array(1));
      if (sent++ === 6) controller.close();
    },
  });
  let sent = 0;
  expect(await (await client.send("/v1/some", { method: "POST", body })).text()).toBe("{}");
});

test.each<[string, RequestListener]>([
  ["in headers", () => {}],
  ["in the middle of a body", begin],
])("a caller that leaves ends a call that hangs %s", async (_, answer) => {
  const { client, left } = await startService(answer, 60);
  const leaving = new AbortController();
  const options: CallOptions = { signal: leaving.signal };
  const call = client.json("/v1/some", z.unknown(), undefined, options).catch((error) => error);
  while (left.length === 0) await later(10);
  await later(50);
  leaving.abort(new Error("left"));
  expect(await call).toMatchObject({ message: "left" });
  await left[0];
});

test.each<[string, RequestListener, object]>([
  ["cut off", (_, response) => response.destroy(), { code: "service-unavailable" }],
  [
    "cut off in the middle",
    (request, response) => {
      begin(request, response);
      setTimeout(() => response.destroy(), 100);
    },
    { code: "service-unavailable", message: "some-svc cannot be reached: try again" },
  ],
  [
    "overloaded",
    (_, response) => {
      response.writeHead(503, { "content-type": "application/problem+json" });
      const detail = "8 items wait already";
      response.end(JSON.stringify({ type: "urn:hyperface:problem:overloaded", detail }));
    },
    { code: "overloaded", message: "some-svc has too much to do: 8 items wait already" },
  ],
  [
    "of another version",
    (_, response) => {
      response.writeHead(415, { "content-type": "application/problem+json" });
      response.end(JSON.stringify({ type: "urn:hyperface:problem:unsupported-media-type" }));
    },
    { code: "service-unavailable", message: expect.stringContaining("of this version?") },
  ],
  [
    "without what is asked for",
    (_, response) => {
      response.writeHead(404, { "content-type": "application/problem+json" });
      response.end(JSON.stringify({ type: "urn:hyperface:problem:not-found" }));
    },
    { code: "service-unavailable", message: expect.stringContaining("of this version?") },
  ],
])("a service that is %s is one that a job waits for", async (_, answer, failure) => {
  const { client } = await startService(answer);
  const error = await client.json("/v1/some", z.unknown()).catch((reason) => reason);
  expect(error).toBeInstanceOf(ServiceAway);
  expect(error).toMatchObject({ service: "some-svc", ...failure });
});

test("an answer that is not what its contract says is not handed on: a job waits for one that is", async () => {
  const { client } = await startService((_, response) => {
    response.end(JSON.stringify({ index: [1, "two"], secret: "inner" }));
  });
  const answer = client.json("/v1/some", z.object({ index: z.array(z.int()) }));
  await expect(answer).rejects.toMatchObject({
    code: "service-unavailable",
    message: "some-svc speaks otherwise than this gateway: is it of this version?",
  });
  await expect(answer).rejects.toBeInstanceOf(ServiceAway);
  const read = await client.json("/v1/some", z.object({ index: z.array(z.unknown()) }));
  expect(read).toEqual({ index: [1, "two"] });
});

test("a call says which request and which job it is for", async () => {
  const asked: unknown[] = [];
  const { client } = await startService(({ headers }, response) => {
    asked.push([headers["x-request-id"], headers["x-job-id"]]);
    response.end("{}");
  });
  const call = () => client.json("/", z.unknown());
  await because({ requestId: "job_1-7", jobId: "job_1" }, call);
  await because({ requestId: "abc" }, call);
  await call();
  expect(asked).toEqual([
    ["job_1-7", "job_1"],
    ["abc", undefined],
    [undefined, undefined],
  ]);
});

test("a signal that outlives its calls keeps none of their answers", async () => {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const answers: WeakRef<Response>[] = [];
  const fetch = () => {
    const answer = Response.json({ some: 1 });
    answers.push(new WeakRef(answer));
    return answer;
  };
  const client = createServiceClient({
    name: "some-svc",
    url: "http://some",
    fetch,
    timeoutSeconds: 9,
  });
  const job = new AbortController();
  for (let i = 0; i < 20; i++)
    await client.json("/v1/some", z.unknown(), {}, { signal: job.signal });
  const kept = () => answers.filter((answer) => answer.deref()).length;
  await expect
    .poll(() => {
      collect();
      return kept();
    })
    // The last may still be at hand.
    .toBeLessThan(3);
  expect(job.signal.aborted).toBe(false);
});
