/**
 * What the demo prints: scenes, sentences, and promises with whether they were kept.
 *
 * @module
 */
import { styleText } from "node:util";
import { wrap } from "../../cli/terminal/wrap.ts";

export type Stage = {
  readonly scene: (title: string) => void;
  /** A sentence; a long one is wrapped. */
  readonly say: (text: string) => void;
  /** A command that is about to print. Its program sees the same terminal. */
  readonly command: (line: string) => void;
  /** What an error said, as it was printed. */
  readonly quote: (text: string) => void;
  /** Something that has to be so. Goes on when it is not, so that all of it is seen; the exit status tells. */
  readonly promise: (text: string, isKept: boolean) => void;
  readonly kept: () => number;
  readonly broken: () => number;
};

const columnsMax = 80;

export function createStage(out: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Stage {
  // https://no-color.org: set and not empty.
  const hasColours = out.isTTY && (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";
  const paint = (format: Parameters<typeof styleText>[0], text: string) =>
    hasColours ? styleText(format, text, { validateStream: false }) : text;
  const columns = out.isTTY && out.columns > 20 ? Math.min(out.columns, columnsMax) : columnsMax;
  const count = { kept: 0, broken: 0 };
  const print = (line: string) => void out.write(`${line}\n`);
  const printWrapped = (text: string, indent: string, form: (line: string) => string) => {
    for (const line of wrap(text, indent.length, columns)) print(`${indent}${form(line)}`);
  };
  return {
    scene: (title) => print(`\n${paint("bold", title)}`),
    say: (text) => (text.startsWith(" ") ? print(text) : printWrapped(text, "", (line) => line)),
    command: (line) => print(`\n${paint("dim", "$")} ${paint("cyan", line)}`),
    quote: (text) => printWrapped(text, "       ", (line) => paint("yellow", line)),
    promise: (text, isKept) => {
      count[isKept ? "kept" : "broken"] += 1;
      const [first = "", ...others] = wrap(text, 7, columns);
      print(`${isKept ? `${paint("green", "ok")}     ` : `${paint("red", "BROKEN")} `}${first}`);
      for (const line of others) print(`       ${line}`);
    },
    kept: () => count.kept,
    broken: () => count.broken,
  };
}
