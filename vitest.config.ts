import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/postgres.ts"],
    // Scenarios start the program hundreds of times; what Node made of its files the first time is kept for the others.
    env: { NODE_COMPILE_CACHE: join(tmpdir(), "sallyport-compiled") },
    setupFiles: ["test/setup.ts"],
    // Far beyond what any test takes alone: it ends what hangs, and never decides on a busy machine.
    testTimeout: 300_000,
    hookTimeout: 180_000,
  },
});
