export { decodeMessage, encodeMessage } from "./message.ts";
export * from "./npy.ts";
export { NPY_HEADER_LIMIT, type NpyHeader, readNpyHeader } from "./npy-header.ts";
export * from "./safetensors.ts";
export type { Tensor, TensorData } from "./tensor.ts";
