export * from "./npy.ts";
export * from "./safetensors.ts";
export type { Tensor, TensorData } from "./tensor.ts";
