/**
 * The import rules bite: a tree that breaks each of them is caught, import by import. (`npm run check` holds them over
 * this tree.)
 *
 * @module
 */
import { join } from "node:path";
import { expect, test } from "vitest";
import { importRules } from "../../scripts/import-rules.ts";
import { readImports } from "../../scripts/read-imports.ts";
import { treeRoot } from "../tools/places.ts";

const report = await readImports(join(treeRoot, "test/arch/planted/imports"));

/** Packages by their names alone. */
const violations = report.violations.map((line) => line.replace(/-> .*node_modules\/([^/]+)\/.*/, "-> $1"));

test("each planted import is caught by its rule, types as well as values, and the allowed ones are not", () => {
  expect(violations).toEqual([
    "adapter-alone: adapters/disk/disk.ts -> adapters/observe/log.ts",
    "adapter-alone: adapters/netns/uses-agent.ts -> cni/agent/serve.ts",
    "adapter-knows-no-flow: adapters/disk/disk.ts -> core/flow/flow.ts",
    "adapter-library: adapters/disk/uses-pino.ts -> pino",
    "adapter-library: adapters/netns/uses-pino.ts -> pino",
    "adapter-library: adapters/netns/uses-vitest.ts -> vitest",
    "adapters-built-in-one-place: cli/commands/uses-adapter.ts -> adapters/disk/disk.ts",
    "adapters-built-in-one-place: cni/agent/serve.ts -> adapters/disk/disk.ts",
    "agent-loads-no-package: cni/agent/serve.ts -> pino",
    "core-alone: core/config/uses-adapter.ts -> adapters/disk/disk.ts",
    "core-alone: core/config/uses-node.ts -> fs",
    "core-alone: core/config/uses-pino.ts -> pino",
    "core-ground-admin: core/ports/admin.ts -> core/config/ok.ts",
    "core-ground: core/ip/uses-config.ts -> core/config/ok.ts",
    "core-ground: core/ip/uses-zod.ts -> zod",
    "core-rules-know-no-flow: core/cni/uses-flow.ts -> core/flow/flow.ts",
    "core-zod-in-config: core/cni/uses-zod.ts -> zod",
    "core-zod-in-config: core/ip/uses-zod.ts -> zod",
    "kube-knows-no-migrate: core/kube/uses-migrate.ts -> core/migrate/ok.ts",
    "launcher-alone: cni/launcher/launch.ts -> core/config/ok.ts",
    "launcher-loads-no-package: cni/launcher/launch.ts -> zod",
    "no-circular: core/flow/flow.ts -> core/flow/half.ts",
    "nothing-needs-tests: cni/agent/uses-test.ts -> test/held.ts",
    "programs-apart: cli/uses-agent.ts -> cni/agent/serve.ts",
    "programs-apart: cni/agent/uses-launcher.ts -> cni/launcher/launch.ts",
    "programs-apart: reconciler/uses-agent.ts -> cni/agent/serve.ts",
    "programs-need-no-dev-package: adapters/netns/uses-vitest.ts -> vitest",
    "resolvable: cni/agent/uses-nothing.ts -> ./nothing.ts",
  ]);
});

test("every rule is shown to bite", () => {
  const shown = new Set(violations.map((line) => line.split(":")[0]));
  expect(importRules.map(({ name }) => name).filter((name) => !shown.has(name))).toEqual([]);
});

test("every file is read: a parser that reads nothing finds nothing", () => {
  expect(report).toMatchObject({ read: 28, unread: [] });
});
