export { createOnnxKernels } from "./kernels/onnx.ts";
export { plainKernels } from "./kernels/plain.ts";
export { continuePacking, startPacking } from "./solve.ts";
export type { PackingState } from "./solver.ts";
