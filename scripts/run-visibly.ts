/**
 * Runs one of the tree's own programs with the pinned Node, its output going where this process's goes.
 *
 * @module
 */
import { spawn } from "node:child_process";

const root = new URL("..", import.meta.url).pathname;

export type Ended = {
  readonly status: number;
  /** What it printed, when `isKept`; then nothing of it is shown. */
  readonly stdout: string;
};

/** @param args the script and its arguments @param isKept keep standard output instead of showing it */
export function runNode(args: readonly string[], isKept = false): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: ["ignore", isKept ? "pipe" : "inherit", "inherit"],
    });
    let stdout = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.once("error", () => resolve({ status: 127, stdout }));
    child.once("close", (status) => resolve({ status: status ?? 1, stdout }));
  });
}
