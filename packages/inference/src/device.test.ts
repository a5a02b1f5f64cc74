import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { chooseProvider, type Provider } from "./device.ts";
import { MODELS, type ModelName } from "./models/manifests.ts";
import { prepareModel } from "./models/prepare.ts";
import { createInferencePool } from "./pool.ts";
import type { Session, TensorValue } from "./session.ts";
import { whyMissing } from "./test-device.ts";

/** Opens what gives `answers` on each provider; a provider without answers is not there. */
const machine =
  (answers: Partial<Record<Provider, number[]>>) => async (_: Uint8Array, provider: Provider) => {
    const answer = answers[provider];
    if (!answer) throw new Error(`there is no ${provider} here`);
    const y: TensorValue = { data: Float32Array.from(answer), dims: [1, 2] };
    return { run: async () => ({ y }), release: async () => {} } as unknown as Session;
  };
const right = [23, 34];

test.each([
  ["auto", { cuda: right, cpu: right }, "cuda"],
  ["auto", { webgpu: right, cpu: right }, "cpu"],
  ["cpu", { cuda: right, cpu: right }, "cpu"],
  ["cuda", { cuda: right, cpu: right }, "cuda"],
  ["webgpu", { cuda: right, webgpu: right, cpu: right }, "webgpu"],
] as const)("%s on a machine with %o runs on %s", async (device, answers, provider) => {
  expect(await chooseProvider(device, machine(answers))).toMatchObject({ provider });
});

test("a device that is not there, or computes wrongly, is passed over with the reason", async () => {
  expect(await chooseProvider("cuda", machine({ cpu: right }))).toEqual({
    provider: "cpu",
    passedOver: [{ provider: "cuda", reason: "there is no cuda here" }],
  });
  const { provider, passedOver } = await chooseProvider(
    "webgpu",
    machine({ webgpu: [23, 35], cpu: right }),
  );
  expect([provider, passedOver[0]?.reason]).toEqual([
    "cpu",
    "it computes 23, 35 where 23, 34 is right",
  ]);
});

describe.each(["auto", "cpu", "cuda", "webgpu"] as const)("DEVICE=%s on this machine", (device) => {
  test("runs a model, and says on what and why", async () => {
    const said: { fields: object; message: string }[] = [];
    const say = (fields: object, message: string) => said.push({ fields, message });
    const pool = createInferencePool({ threads: 1, device, log: { info: say, warn: say } });
    const { bytes } = await prepareModel("mtcnn-rnet", home);
    const session = await pool.createSession(bytes);
    const { probability } = await session.run({ input: sample([2, 3, 24, 24]) });
    expect(probability?.dims).toEqual([2, 2]);
    expect(said).toHaveLength(1);
    expect(said[0]?.message).toBe(`models run on ${session.provider}`);
    expect(said[0]?.fields).toMatchObject({ device, provider: session.provider });
    await pool.close();
  });
});

const home = join(tmpdir(), "hyperface-test");
const sample = (dims: number[]): TensorValue => ({
  data: Float32Array.from({ length: dims.reduce((a, b) => a * b) }, (_, k) => Math.sin(k) / 2),
  dims,
});

const SHAPES: Record<ModelName, number[]> = {
  "mobilefacenet-512": [2, 3, 112, 112],
  "mobilefacenet-192": [2, 3, 112, 112],
  "mtcnn-pnet": [1, 3, 37, 30],
  "mtcnn-rnet": [3, 3, 24, 24],
  "mtcnn-onet": [3, 3, 48, 48],
  "selfie-matte": [1, 3, 256, 256],
};

describe.each(["cuda", "webgpu"] as const)("every model on %s", async (device) => {
  const missing = await whyMissing(device);
  const pools = [createInferencePool({ device }), createInferencePool({ device: "cpu" })];
  afterAll(() => Promise.all(pools.map((pool) => pool.close())));

  test.skipIf(missing).each(Object.keys(MODELS) as ModelName[])(
    `%s has the CPU's outputs within 1e-3${missing ? ` (${missing})` : ""}`,
    async (name) => {
      const { bytes } = await prepareModel(name, home);
      const [found, expected] = await Promise.all(
        pools.map(async (pool) => {
          const session = await pool.createSession(bytes);
          return session.run({ input: sample(SHAPES[name]) });
        }),
      );
      for (const [output, { data }] of Object.entries(expected ?? {})) {
        const scale = (data as Float32Array).reduce((most, x) => Math.max(most, Math.abs(x)), 1);
        for (const [k, x] of (data as Float32Array).entries()) {
          expect(Math.abs((found?.[output]?.data[k] as number) - x) / scale).toBeLessThan(1e-3);
        }
      }
    },
  );
});
