/**
 * Every package of package.json has a reason in docs/decisions/0004-dependencies.md, and every reason its package.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { treeRoot } from "../tools/places.ts";

const page = readFileSync(join(treeRoot, "docs/decisions/0004-dependencies.md"), "utf8");

/** `name version` of each line `- name version: reason`, below the heading. */
function reasonsBelow(heading: string): readonly string[] {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? "";
  return [...section.matchAll(/^- (\S+ \S+): \S.{10,}$/gm)].map(([, name]) => name ?? "");
}

test.each([
  { heading: "Programs", packages: manifest.dependencies },
  { heading: "Development", packages: manifest.devDependencies },
  { heading: "Node itself", packages: manifest.optionalDependencies },
])("each package of $heading is pinned exactly and has its reason", ({ heading, packages }) => {
  const pinned = Object.entries(packages).map(([name, version]) => `${name} ${version}`);
  expect(reasonsBelow(heading)).toEqual(pinned.toSorted());
  for (const line of pinned) expect(line).toMatch(/ \d+\.\d+\.\d+$/);
});
