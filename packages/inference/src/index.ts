export * from "./arithmetic.ts";
export * from "./batcher.ts";
export * from "./memoise.ts";
export { MODELS, type ModelName } from "./models/manifests.ts";
export { type PreparedModel, prepareModel } from "./models/prepare.ts";
export * from "./onnx/model.ts";
export * from "./pool.ts";
export * from "./session.ts";
export { startWorker } from "./thread.ts";
