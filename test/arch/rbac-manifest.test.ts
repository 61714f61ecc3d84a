/**
 * The manifests that are pasted say what the programs ask for: one list each, twice written. `vitest run --update` writes them anew.
 *
 * @module
 */
import { expect, test } from "vitest";
import { formatRbacManifest } from "../support/rbac-manifest.ts";

test.each(["agent", "reconciler"] as const)(
  "manifests/%s-rbac.yaml allows what core/kube/rules.ts lists, each rule where it applies",
  async (program) => {
    await expect(formatRbacManifest(program)).toMatchFileSnapshot(`../../manifests/${program}-rbac.yaml`);
  },
);
