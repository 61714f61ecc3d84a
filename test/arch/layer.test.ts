/**
 * The guards of core bite: the compiler refuses what is Node's, the linter the clock and chance. (`npm run check` holds
 * both over this tree.)
 *
 * @module
 */
import { copyFile, cp, mkdtemp, rm } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { run } from "../tools/process.ts";
import { treeRoot } from "../tools/places.ts";

const tool = (name: string): string => join(treeRoot, "node_modules/.bin", name);
const planted = join(treeRoot, "test/arch/planted");

test("nothing of Node compiles in core: each planted line is an error", async () => {
  const { status, stdout } = await run(tool("tsc"), ["-p", join(planted, "layer"), "--pretty", "false"]);
  const source = readFileSync(join(planted, "layer/reaches-the-world.ts"), "utf8").split("\n");
  const first = source.findIndex((line) => line.startsWith("import")) + 1;
  const wanted = source.flatMap((line, at) => (at + 1 >= first && line !== "" ? [at + 1] : []));
  const found = new Set(
    [...stdout.matchAll(/world\.ts\((\d+),\d+\): error TS2(?:304|580|584|591):/g)].map(([, at]) => Number(at)),
  );
  expect(status).not.toBe(0);
  expect(wanted.length).toBeGreaterThan(9);
  expect([...found]).toEqual(wanted);
});

test("the linter refuses Date and Math.random in core, and only there", async () => {
  const root = await mkdtemp(join(tmpdir(), "berth-lint-"));
  try {
    // Under its real path: the tree's own configuration leaves test/arch/planted out.
    await copyFile(join(treeRoot, ".oxlintrc.json"), join(root, ".oxlintrc.json"));
    await cp(join(planted, "lint"), root, { recursive: true });
    const { stdout } = await run(tool("oxlint"), ["--format", "json"], { cwd: root });
    const { diagnostics }: { diagnostics: { code: string; filename: string; labels: { span: { line: number } }[] }[] } =
      JSON.parse(stdout);
    const found = diagnostics.map(({ code, filename, labels }) => `${filename}:${labels[0]?.span.line} ${code}`);
    expect(found.sort()).toEqual([
      "adapters/clock.ts:8 import(no-default-export)",
      "core/ip/lies-about-time.ts:6 eslint(no-restricted-globals)",
      "core/ip/lies-about-time.ts:7 eslint(no-restricted-globals)",
      "core/ip/lies-about-time.ts:8 eslint(no-restricted-properties)",
    ]);
  } finally {
    await rm(root, { recursive: true });
  }
});
