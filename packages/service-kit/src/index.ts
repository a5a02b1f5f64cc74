export * from "./environment.ts";
export { clientSignal } from "./leaving.ts";
export * from "./listen.ts";
export * from "./logger.ts";
export * from "./negotiation.ts";
export * from "./problems.ts";
export type { ServiceLogger } from "./requests.ts";
export * from "./service.ts";
export * from "./start.ts";
