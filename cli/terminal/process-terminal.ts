/**
 * The terminal this process was started from, or the pipes in its place.
 *
 * @module
 */
import { createInterface } from "node:readline/promises";
import type { Terminal } from "./terminal.ts";

/** @param wantsColours false for --no-color */
export function createProcessTerminal(wantsColours: boolean): Terminal {
  const { stdin, stdout, stderr, env } = process;
  // https://no-color.org: set and not empty.
  const isPlain = !wantsColours || (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb";
  return {
    columns: stdout.isTTY ? widthOf(stdout.columns) : undefined,
    hasColours: stdout.isTTY && !isPlain,
    canAsk: stdin.isTTY && stderr.isTTY,
    write: (text) => writeTo(stdout, text),
    tell: (text) => writeTo(stderr, text),
    ask,
  };
}

/** Some terminals say 0. */
function widthOf(columns: number): number | undefined {
  return columns > 0 ? columns : undefined;
}

/** A reader that has seen enough (`head`) ends the program, and that is no error. */
function writeTo(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve) => {
    stream.write(text, (error) => {
      if (error === null || error === undefined) return resolve();
      process.exit(Reflect.get(error, "code") === "EPIPE" ? 0 : 2);
    });
  });
}

/** The question goes to standard error, so that an answer can be asked for while the output is piped. */
async function ask(question: string): Promise<string | undefined> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const ended = new Promise<undefined>((resolve) => {
    lines.once("close", () => resolve(undefined));
    lines.once("SIGINT", () => resolve(undefined));
  });
  try {
    const answer = await Promise.race([lines.question(question), ended]);
    // The cursor still stands behind the question.
    if (answer === undefined) process.stderr.write("\n");
    return answer;
  } finally {
    lines.close();
  }
}

/** Writing to a closed pipe also reports it as an event, which without a listener is a crash. */
export function surviveClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
}
