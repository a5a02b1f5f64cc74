import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{apps,cli,packages,openapi,demo,bench,training}/**/*.test.ts", "test/**/*.test.ts"],
    // A machine of two cores would leave one idle: the main thread has nothing to do but wait.
    maxWorkers: "100%",
    // Files share what they import: the gateway's modules take seconds, and most files want them.
    isolate: false,
    globalSetup: ["test/global-setup.ts"],
    setupFiles: ["test/setup.ts"],
    // Real models and a real database: slow on a busy machine, never a matter of speed.
    testTimeout: 120_000,
    hookTimeout: 240_000,
  },
});
