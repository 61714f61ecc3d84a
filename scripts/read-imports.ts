/**
 * Reads who imports whom below a folder that is laid out as this tree is, and holds it against the rules.
 *
 * @module
 */
import { globSync } from "node:fs";
import { cruise, type ICruiseResult } from "dependency-cruiser";
import { importRules, npm } from "./import-rules.ts";

/** The folders whose imports are ruled. Tests and scripts may import what they like. */
const folders = ["core", "adapters", "cni", "cli", "reconciler"];

export type ImportReport = {
  /** `rule: from -> to`, one for each import that breaks a rule. */
  readonly violations: readonly string[];
  /** How many files were read. */
  readonly read: number;
  /** Files that are there and were not read: a reader that cannot read them finds nothing wrong with them. */
  readonly unread: readonly string[];
};

/** @param root absolute */
export async function readImports(root: string): Promise<ImportReport> {
  const files = globSync(
    folders.map((folder) => `${folder}/**/*.ts`),
    { cwd: root },
  );
  const { output } = await cruise(files, {
    ruleSet: { forbidden: importRules.map((rule) => ({ ...rule, severity: "error" })) },
    validate: true,
    baseDir: root,
    // TypeScript 7 has no compiler interface: without another parser nothing at all would be read.
    parser: "swc",
    tsPreCompilationDeps: true,
    doNotFollow: { path: [npm, "^(test|scripts|bench)/"] },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["node", "import", "require", "types"] },
  });
  if (typeof output === "string") throw new Error(`Cannot read imports: expected a result, got ${output}`);
  return reportOf(output, files);
}

function reportOf({ modules, summary }: ICruiseResult, files: readonly string[]): ImportReport {
  const read = new Set(modules.map(({ source }) => source));
  return {
    violations: summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`).sort(),
    read: files.filter((file) => read.has(file)).length,
    unread: files.filter((file) => !read.has(file)),
  };
}
