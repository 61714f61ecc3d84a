/**
 * Projects by what they need: `unit` needs nothing and takes seconds; `system` starts real processes, real plugins and
 * real network namespaces (root or a user namespace, tools from `npm run tools`).
 *
 * @module
 */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/{core,laws,contracts,arch,adapters,cni,cli,reconciler,vectors}/**/*.test.ts"],
          setupFiles: ["test/support/node-version.ts"],
        },
      },
      {
        test: {
          name: "simulation",
          include: ["test/simulation/**/*.test.ts"],
          setupFiles: ["test/support/node-version.ts"],
          testTimeout: 600_000,
        },
      },
      {
        test: {
          name: "system",
          include: ["test/{conformance,crash,system}/**/*.test.ts"],
          setupFiles: ["test/support/node-version.ts"],
          globalSetup: ["test/support/build-once.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
    coverage: {
      provider: "v8",
      include: ["core/**/*.ts"],
      thresholds: { "core/**": { branches: 95 } },
      reporter: ["text-summary", "json-summary"],
    },
  },
});
