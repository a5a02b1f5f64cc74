import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as later } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { listen } from "./listen.ts";
import { createLogger } from "./logger.ts";
import { createService } from "./service.ts";

const app = createService({
  ...{ name: "test-svc", title: "", description: "", version: "1" },
  logger: createLogger("test-svc", "silent"),
  bodySeconds: 0.3,
  isStreamed: ({ req }) => req.path === "/archive",
});
app.post("/slow", async (c) => c.text(await later(700, await c.req.text())));
app.post("/*", async (c) => c.text(await c.req.text()));
const listening = await listen(app, { port: 0 });
afterAll(listening.close);

/** Sends a body in pieces, the second a while after the first. @returns the whole answer */
async function sendSlowly(path: string, milliseconds: number): Promise<string> {
  const socket = connect(Number(new URL(listening.url).port), "127.0.0.1");
  const head = `POST ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 4\r\n\r\n`;
  socket.write(`${head}ab`);
  setTimeout(() => socket.write("cd"), milliseconds);
  socket.on("error", () => {});
  let answer = "";
  socket.on("data", (bytes) => (answer += bytes));
  await once(socket, "close");
  return answer;
}

test("a body that takes too long to arrive is no longer waited for", async () => {
  expect(await sendSlowly("/any", 2000)).toMatch(/^HTTP\/1\.1 408 /);
});

test("one that is read as it comes may take its time", async () => {
  expect(await sendSlowly("/archive", 700)).toMatch(/^HTTP\/1\.1 200 .*abcd$/s);
});

test("an answer may take longer than its body", async () => {
  const answer = await fetch(`${listening.url}/slow`, { method: "POST", body: "abcd" });
  expect(await answer.text()).toBe("abcd");
});
