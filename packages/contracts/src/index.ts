export * from "./embeddings.ts";
export * from "./errors.ts";
export * from "./generation.ts";
export * from "./packing.ts";
export * from "./problem.ts";
export * from "./values.ts";
