/**
 * A program of its own: reads a kubeconfig (the first argument, or where it is looked for by default), writes what
 * `ask-for-access.ts` expects to its standard output, and ends.
 *
 * @module
 */
import { readKubeconfig } from "./read-kubeconfig.ts";

// A credential program that hangs must not outlive whoever asked.
process.stdin.on("end", () => process.exit(1)).resume();
const answer = JSON.stringify(await readKubeconfig(process.argv[2]));
process.stdout.write(answer, () => process.exit(0));
