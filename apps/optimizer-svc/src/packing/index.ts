export { solverArithmetic } from "./arithmetic.ts";
export { decodeCheckpoint, encodeCheckpoint, specHash } from "./checkpoint.ts";
export { goldCode } from "./codes/gold.ts";
export { createOnnxKernels } from "./kernels/onnx.ts";
export { plainKernels } from "./kernels/plain.ts";
export { continuePacking, memoryOf, startPacking } from "./solve.ts";
export { NO_VECTORS, type PackingState, type PackingVectors } from "./solver.ts";
