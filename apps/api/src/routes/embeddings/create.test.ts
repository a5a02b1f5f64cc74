import { MESSAGE } from "@hyperface/contracts";
import { expect, test } from "vitest";
import { createApiApp } from "../../app.ts";
import { useDependencies } from "../../test-dependencies.ts";

/** What reached the embed service. */
const asked: { accept: string | null; body: string }[] = [];
const gateway = useDependencies({
  embed: async (request) => {
    asked.push({ accept: request.headers.get("accept"), body: await request.text() });
    return Response.json({});
  },
});
const embed = (headers: Record<string, string>) =>
  createApiApp(gateway.deps).request("/v1/embeddings", {
    method: "POST",
    headers: { "content-type": "image/png", ...headers },
    body: "a picture",
  });

test.each([
  ["*/*", "application/json"],
  [`${MESSAGE}, application/x-npy;q=0.5`, "application/x-npy"],
  ["application/vnd.safetensors", "application/vnd.safetensors"],
])("of Accept: %s the embed service is asked for %s, and sees the body", async (accept, media) => {
  asked.length = 0;
  expect((await embed({ accept })).status).toBe(200);
  expect(asked).toEqual([{ accept: media, body: "a picture" }]);
});

test("messages, as services send them to each other, are refused either way", async () => {
  asked.length = 0;
  const either = await Promise.all([
    embed({ "content-type": MESSAGE }),
    embed({ accept: MESSAGE }),
  ]);
  expect(either.map(({ status }) => status)).toEqual([415, 406]);
  expect(asked).toEqual([]);
});
