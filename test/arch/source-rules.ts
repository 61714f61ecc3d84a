/**
 * What every file of the tree has in common, as rules over a path and its text. Lint has rules of its own
 * (.oxlintrc.json); here is what it cannot say.
 *
 * @module
 */
import { basename } from "node:path";

/** Undefined: the file is as it should be; otherwise what is wrong, with the line where there is one. */
type Rule = (path: string, text: string) => string | undefined;

const linesMax = 300;
const vagueNames = /^(utils?|helpers?|common|index|misc)$/;
const kebabName = /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|config))?\.ts$/;
const notRun = /\b(?:it|test|describe|property|suite|bench)(?:\.\w+)*\.(?:skip|only|todo|fails)\b|\b(?:skipIf|runIf)\(/;
const zodImport = /^import (?:type )?\* as z from "zod";$/;
/** Of the machines it is developed on: their folders, and where they fetch packages from. */
const foreign =
  /(?<![\w.*)\]}-])\/(?:work|root|home\/\w+)\/|https?:\/\/[^\s/"']*(?:registry|artifactory|nexus|npmjs|mirror)/;

export const sourceRules: { readonly [name: string]: Rule } = {
  "opens with a doc comment that ends in @module": (path, text) =>
    !path.endsWith(".ts") || /^\/\*\*\n \* \S(?:(?!\*\/)[^])* \* @module\n \*\/\n/.test(text)
      ? undefined
      : "expected a doc comment that says what the file is for, with @module at its end",
  "has at most 300 lines": (path, text) => {
    const lines = text.split("\n").length - 1;
    return !/\.(ts|c|h|mjs)$/.test(path) || lines <= linesMax ? undefined : `${lines} lines`;
  },
  "is named after its idea": (path) => {
    const name = basename(path);
    if (!name.endsWith(".ts")) return undefined;
    return kebabName.test(name) && !vagueNames.test(name.slice(0, -".ts".length)) ? undefined : `the name ${name}`;
  },
  "runs all of its tests": (path, text) => (path.startsWith("test/") ? firstLine(text, notRun) : undefined),
  // `import { z }` keeps all of zod in a bundle and in memory: twice the agent's heap.
  "imports zod as a namespace": (path, text) =>
    path.endsWith(".ts")
      ? firstLine(text, / from "zod(?:\/[\w/]+)?";?$/, (line) => !zodImport.test(line) && !line.startsWith(" *"))
      : undefined,
  // Demo, benchmarks and `npm run tools` show off or borrow these two; nothing else outside test/ imports it.
  "is a script that borrows only test/tools and test/support": (path, text) =>
    path.startsWith("scripts/")
      ? firstLine(text, / from "(?:\.\.\/)+test\//, (line) => !/\/test\/(?:tools|support)\//.test(line))
      : undefined,
  "names no machine it was written on": (path, text) =>
    path === "package-lock.json" ? undefined : firstLine(text, foreign),
};

function firstLine(text: string, pattern: RegExp, isWrong: (line: string) => boolean = () => true): string | undefined {
  const lines = text.split("\n");
  const at = lines.findIndex((line) => pattern.test(line) && isWrong(line));
  return at === -1 ? undefined : `line ${at + 1}: ${lines[at]?.trim()}`;
}
