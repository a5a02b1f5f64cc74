import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{apps,cli,packages,openapi,demo,bench,training}/**/*.test.ts", "test/**/*.test.ts"],
    // Real models and a real database: slow on a busy machine, never a matter of speed.
    testTimeout: 120_000,
    hookTimeout: 240_000,
  },
});
