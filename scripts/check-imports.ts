/**
 * The import rules over the whole tree; exit status 1 when one is broken, or when files were not read.
 *
 * @module
 */
import { readImports } from "./read-imports.ts";

/** Far below what the tree has: a reader that reads nothing must not pass. */
const filesMin = 150;

const { violations, read, unread } = await readImports(new URL("..", import.meta.url).pathname);
for (const line of violations) console.error(line);
for (const file of unread) console.error(`Cannot read imports of "${file}": expected the parser to know its syntax`);
if (read < filesMin) console.error(`Cannot check imports: expected at least ${filesMin} files, read ${read}`);
if (violations.length > 0 || unread.length > 0 || read < filesMin) process.exitCode = 1;
