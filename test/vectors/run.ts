/**
 * `npm run vectors -- FILE`: runs a vectors file and prints pass, fail or n/a for each id.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { differences } from "./differences.ts";
import { kinds } from "./kinds.ts";
import { report } from "./report.ts";

const path = process.argv[2] ?? fileURLToPath(new URL("whereabouts.json", import.meta.url));

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    console.error(`Cannot read vectors "${file}": expected a file (${String(error)})`);
    return undefined;
  }
}

const text = textOf(path);
if (text === undefined) process.exitCode = 2;
else {
  const { lines, exitCode } = await report(path, text, { kinds, differences });
  console.log(lines.join("\n"));
  process.exitCode = exitCode;
}
