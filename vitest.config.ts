import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/postgres.ts"],
    setupFiles: ["test/setup.ts"],
    // Far beyond what any test takes alone: it ends what hangs, and never decides on a busy machine.
    testTimeout: 300_000,
    hookTimeout: 180_000,
  },
});
