/**
 * `npm run check`: formatting, types, lint, imports and what nothing uses. Exit status 1 when something is wrong.
 *
 * @module
 */
import { runChecks } from "./checks.ts";

const { failed } = await runChecks((text) => console.log(text));
if (failed > 0) process.exitCode = 1;
