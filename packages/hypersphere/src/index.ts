export * from "./bounds.ts";
export * from "./philox.ts";
export * from "./random.ts";
export * from "./vectors.ts";
