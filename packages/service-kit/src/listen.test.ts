import { expect, test } from "vitest";
import { CommonEnvironment, readEnvironment } from "./environment.ts";
import { listen } from "./listen.ts";

test("a service listens on this machine alone unless it is told otherwise", async () => {
  const { HOST: hostname } = readEnvironment(CommonEnvironment, {});
  const listening = await listen({ fetch: () => new Response("here") }, { port: 0, hostname });
  const { port } = new URL(listening.url);
  expect(await (await fetch(listening.url)).text()).toBe("here");
  // Another address of the same machine: whatever listens on all of them answers here too.
  await expect(fetch(`http://127.0.0.2:${port}`)).rejects.toThrow();
  await listening.close();
});
