/**
 * The manifest that is pasted says what agents ask for: one list, twice written. `vitest run --update` writes it anew.
 *
 * @module
 */
import { expect, test } from "vitest";
import { formatRbacManifest } from "../support/rbac-manifest.ts";

test("manifests/agent-rbac.yaml allows what core/kube/rules.ts lists, each rule where it applies", async () => {
  await expect(formatRbacManifest()).toMatchFileSnapshot("../../manifests/agent-rbac.yaml");
});
