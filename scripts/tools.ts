/**
 * `npm run tools`: finds or installs what the tests (or, with `--for demo`, the demo) need.
 *
 * Exit status 0: everything is here. 1: an installation failed. 2: only root on Debian can install; the last line is
 * the one command to run, or the command line was wrong.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { ensureTools } from "../test/tools/install.ts";

const { values } = parseArgs({ options: { for: { type: "string", default: "test" } } });
const purpose = values.for;
if (purpose !== "demo" && purpose !== "test") {
  console.error(`Cannot install tools for "${purpose}": expected demo or test`);
  process.exit(2);
}

const outcome = await ensureTools(purpose, (line) => console.log(line));
switch (outcome.kind) {
  case "ready":
    break;
  case "refused":
    console.error(outcome.message);
    console.log(outcome.command);
    process.exitCode = 2;
    break;
  case "failed":
    console.error(outcome.message);
    process.exitCode = 1;
    break;
}
