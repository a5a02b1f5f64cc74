import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { arch, platform } from "node:process";
import { z } from "zod";
import { encodeModel } from "./onnx/model.ts";
import { createSession, type Session } from "./session.ts";

/**
 * Where models run. `auto`: CUDA where there is a GPU and its library, else the CPU; WebGPU only where it is
 * asked for, since a software adapter passes for a GPU and is slower than the CPU.
 */
export const Device = z.enum(["auto", "cpu", "cuda", "webgpu"]);
export type Device = z.infer<typeof Device>;

export type Provider = Exclude<Device, "auto">;

const CANDIDATES: Record<Device, readonly Provider[]> = {
  auto: ["cuda", "cpu"],
  cpu: ["cpu"],
  cuda: ["cuda", "cpu"],
  webgpu: ["webgpu", "cpu"],
};

export interface ChosenProvider {
  provider: Provider;
  /** Why each of those before it was not. */
  passedOver: { provider: Provider; reason: string }[];
}

type Open = (model: Uint8Array, provider: Provider) => Promise<Session>;

/**
 * The first provider of a device that computes a small graph rightly. The CPU is always the last, so that no
 * lack of a GPU is an error.
 */
export async function chooseProvider(
  device: Device,
  open: Open = openSession,
): Promise<ChosenProvider> {
  const passedOver: ChosenProvider["passedOver"] = [];
  for (const provider of CANDIDATES[device]) {
    try {
      await checkProvider(provider, open);
      return { provider, passedOver };
    } catch (error) {
      passedOver.push({ provider, reason: (error as Error).message });
    }
  }
  const reasons = passedOver.map(({ provider, reason }) => `${provider}: ${reason}`).join("; ");
  throw new Error(`no execution provider can be used: ${reasons}`);
}

async function openSession(model: Uint8Array, provider: Provider): Promise<Session> {
  if (provider === "cuda" && !existsSync(CUDA_LIBRARY)) {
    throw new Error(`onnxruntime's CUDA library is not installed: there is no ${CUDA_LIBRARY}`);
  }
  return createSession(model, { providers: [provider], warn: () => {} });
}

/** Beside the runtime's binding, where its npm package has none. */
const CUDA_LIBRARY = join(
  dirname(createRequire(import.meta.url).resolve("onnxruntime-node/package.json")),
  `bin/napi-v6/${platform}/${arch}`,
  platform === "win32" ? "onnxruntime_providers_cuda.dll" : "libonnxruntime_providers_cuda.so",
);

/** A product of two matrices, in whole numbers that every precision holds. */
const PROBE = encodeModel({
  name: "probe",
  opset: 13,
  nodes: [{ op: "MatMul", inputs: ["x", "weights"], outputs: ["y"] }],
  initializers: { weights: { dims: [2, 2], data: Float32Array.of(1, 2, 3, 4) } },
  inputs: [{ name: "x", type: "float32", dims: ["N", 2] }],
  outputs: [{ name: "y", type: "float32", dims: ["N", 2] }],
});

async function checkProvider(provider: Provider, open: Open): Promise<void> {
  const session = await open(PROBE, provider);
  const { y } = await session.run({ x: { data: Float32Array.of(5, 6), dims: [1, 2] } });
  await session.release();
  const found = y?.data.join(", ");
  if (found !== "23, 34") throw new Error(`it computes ${found} where 23, 34 is right`);
}
