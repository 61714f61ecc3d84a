/**
 * What the mutation run runs: the tests and laws of the two folders it mutates, in one project.
 *
 * @module
 */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Names of laws hold their seed, and Stryker finds tests by name.
    setupFiles: ["test/mutation/fixed-seed.ts"],
    include: ["test/core/{ip,allocate}/**/*.test.ts", "test/laws/{ip,allocate}-*.test.ts"],
  },
});
