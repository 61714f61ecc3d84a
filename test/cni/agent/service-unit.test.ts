/**
 * The unit for systemd names only what the installation of README.md puts there.
 *
 * @module
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { treeRoot } from "../../tools/places.ts";

const unit = readFileSync(join(treeRoot, "docs/systemd/berth-agent.service"), "utf8");
const readme = readFileSync(join(treeRoot, "README.md"), "utf8");
const valueOf = (key: string): readonly string[] => new RegExp(`^${key}=(.*)$`, "m").exec(unit)?.[1]?.split(" ") ?? [];

test("every page of its documentation is a page of docs/, which is installed", () => {
  expect(readme).toContain("\ninstall -D -m 644 -t /usr/lib/berth/docs docs/*.md\n");
  const pages = valueOf("Documentation");
  expect(pages.length).toBeGreaterThan(0);
  for (const page of pages) {
    expect(page).toMatch(/^file:\/usr\/lib\/berth\/docs\/[a-z]+\.md$/);
    expect(existsSync(join(treeRoot, page.replace("file:/usr/lib/berth/", ""))), page).toBe(true);
  }
});

test("every file that it starts with is installed", () => {
  const files = valueOf("ExecStart").filter((word) => word.startsWith("/"));
  expect(files).toHaveLength(3);
  for (const file of files) expect(readme).toMatch(new RegExp(`^.*install .* ${file}(?: .*)?$`, "m"));
});
