import { because } from "@hyperface/contracts";
import { encodeMessage } from "@hyperface/formats";
import { expect, test } from "vitest";
import { testServices } from "../test-services.ts";
import { createEmbedClient } from "./embed.ts";
import { createServiceClient, type Fetch } from "./service.ts";

const clientOf = (fetch: Fetch) =>
  createEmbedClient(
    createServiceClient({ name: "embed-svc", url: "http://embed", fetch, timeoutSeconds: 60 }),
  );

test("a client's request is passed on with what says how to read it, and nothing else of it", async () => {
  let passed: Request | undefined;
  const { forward } = clientOf(async (request) => {
    passed = request;
    return new Response(await request.arrayBuffer(), { status: 422 });
  });
  const request = new Request("http://gateway/v1/embeddings?faces=all", {
    method: "POST",
    headers: { "content-type": "image/png", accept: "*/*", cookie: "secret" },
    body: "bytes",
  });
  const answer = await because({ requestId: "request-1" }, () =>
    forward(request, "application/x-npy", new AbortController().signal),
  );
  expect(passed?.url).toBe("http://embed/v1/embeddings?faces=all");
  expect(Object.fromEntries(passed?.headers ?? [])).toEqual({
    "content-type": "image/png",
    accept: "application/x-npy",
    "accept-encoding": "identity",
    "x-request-id": "request-1",
  });
  expect([answer.status, await answer.text()]).toEqual([422, "bytes"]);
});

test("faces are asked for one an image, and an image without one is no failure", async () => {
  let asked: URL | undefined;
  const { embed } = testServices({ look: () => [] });
  const { embedFaces } = clientOf((request) => {
    asked = new URL(request.url);
    return (embed as Fetch)(request);
  });
  const picture = encodeMessage({});
  const { images } = await embedFaces([picture], "mobilefacenet-512", undefined, { crops: "true" });
  expect(images).toMatchObject([{ faces: [] }]);
  expect(Object.fromEntries(asked?.searchParams ?? [])).toEqual({
    faces: "central",
    allowMissing: "true",
    model: "mobilefacenet-512",
    crops: "true",
  });
});
