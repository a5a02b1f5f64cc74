export * from "./bounds.ts";
export * from "./cosine.ts";
export * from "./elementary.ts";
export * from "./perturb.ts";
export * from "./philox.ts";
export * from "./random.ts";
export * from "./truncated-normal.ts";
