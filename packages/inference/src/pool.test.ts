import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { prepareModel } from "./models/prepare.ts";
import { createInferencePool } from "./pool.ts";
import { createSession } from "./session.ts";

/** All that threads are given. */
const posted = vi.spyOn(Worker.prototype, "postMessage");

let home: string;
let model: Uint8Array;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "pool-"));
  model = (await prepareModel("mtcnn-rnet", home)).bytes;
});
afterAll(async () => {
  posted.mockRestore();
  await rm(home, { recursive: true });
});

const faces = (n: number) => ({
  data: Float32Array.from({ length: n * 3 * 24 * 24 }, (_, k) => Math.sin(k)),
  dims: [n, 3, 24, 24],
});

test("threads give what the main thread gives, and leave it free", async () => {
  const pool = createInferencePool({ threads: 2 });
  const [here, there] = [await createSession(model), await pool.createSession(model)];
  expect(there.outputs).toEqual(here.outputs);
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  const input = faces(3000);
  const results = await Promise.all(Array.from({ length: 6 }, () => there.run({ input })));
  clearInterval(timer);
  expect(ticks).toBeGreaterThan(10);
  const expected = await here.run({ input });
  for (const result of results) expect(result).toEqual(expected);
  await pool.close();
});

test("a failed run says why and leaves the session usable", async () => {
  const pool = createInferencePool({ threads: 1 });
  const session = await pool.createSession(model);
  await expect(session.run({ picture: faces(1) })).rejects.toThrow(/takes input.*given picture/);
  await expect(
    session.run({ input: { data: new Float32Array(3), dims: [1, 3, 1, 1] } }),
  ).rejects.toThrow();
  expect((await session.run({ input: faces(1) })).box?.dims).toEqual([1, 4]);
  await expect(pool.createSession(Uint8Array.of(1, 2, 3))).rejects.toThrow();
  await pool.close();
});

test("a burst in one tick is shared by all threads", async () => {
  const pool = createInferencePool({ threads: 3 });
  const session = await pool.createSession(model);
  posted.mockClear();
  await Promise.all(Array.from({ length: 12 }, () => session.run({ input: faces(200) })));
  const runs = new Map<unknown, number>();
  posted.mock.calls.forEach(([task], k) => {
    const thread = posted.mock.contexts[k];
    if (task.kind === "run") runs.set(thread, (runs.get(thread) ?? 0) + 1);
  });
  expect([...runs.values()]).toEqual([4, 4, 4]);
  await pool.close();
});

test("closing finishes what runs, refuses the rest, and ends", async () => {
  const pool = createInferencePool({ threads: 1 });
  const session = await pool.createSession(model);
  const runs = Array.from({ length: 20 }, () => session.run({ input: faces(300) }));
  const settled = Promise.allSettled(runs);
  await runs[0];
  await pool.close();
  const outcomes = await settled;
  const refused = outcomes.filter((outcome) => outcome.status === "rejected");
  expect(refused.length).toBeGreaterThan(10);
  for (const { reason } of refused) expect(reason).toMatchObject({ code: "service-unavailable" });
  await expect(session.run({ input: faces(1) })).rejects.toMatchObject({
    code: "service-unavailable",
  });
});
