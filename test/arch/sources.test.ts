/**
 * The rules for source files hold for every file of the tree, and each of them bites.
 *
 * @module
 */
import { execFileSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { treeRoot } from "../tools/places.ts";
import { sourceRules } from "./source-rules.ts";

const planted = join(treeRoot, "test/arch/planted/sources");
const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
  cwd: treeRoot,
  encoding: "utf8",
})
  .split("\0")
  .filter((path) => path !== "" && !path.startsWith("test/arch/planted/"));

/** `path: what is wrong`, for the files below `root` that exist. */
function broken(root: string, paths: readonly string[], rule: string): readonly string[] {
  return paths.flatMap((path) => {
    const wrong = sourceRules[rule]?.(path, textOf(join(root, path)));
    return wrong === undefined ? [] : [`${path}: ${wrong}`];
  });
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // Deleted, and not committed yet.
  }
}

describe.each(Object.keys(sourceRules))("every file %s", (rule) => {
  test("in this tree", () => {
    expect(files.length).toBeGreaterThan(250);
    expect(
      broken(
        treeRoot,
        files.filter((path) => textOf(join(treeRoot, path)) !== ""),
        rule,
      ),
    ).toEqual([]);
  });

  test("and not where the rule is broken on purpose", () => {
    const root = join(planted, rule.replaceAll(/\W+/g, "-"));
    const plantedFiles = globSync("**/*.*", { cwd: root });
    expect(plantedFiles.length).toBeGreaterThan(0);
    expect(broken(root, plantedFiles, rule).map((line) => line.split(":")[0])).toEqual(plantedFiles);
  });
});
