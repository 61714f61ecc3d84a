/**
 * What is wrong with a command line, in the grammar of failures instead of commander's.
 *
 * @module
 */
import type { CommanderError } from "commander";
import { exitCodes } from "./exit.ts";
import { type Refusal, refusal } from "./refusal.ts";

type Told = { readonly thing: string; readonly value: string; readonly expected: string };

/** What commander says (version 14, lib/command.js), and what we say. */
const patterns: readonly { readonly pattern: RegExp; readonly tell: (match: readonly string[]) => Told }[] = [
  {
    pattern: /^error: unknown command '(.*?)'(?:\n\(Did you mean (?:one of )?(.*?)\?\))?$/s,
    tell: ([, value = "", near]) => ({ thing: "command", value, expected: wanted("a command", near) }),
  },
  {
    pattern: /^error: unknown option '(.*?)'(?:\n\(Did you mean (?:one of )?(.*?)\?\))?$/s,
    tell: ([, value = "", near]) => ({ thing: "option", value, expected: wanted("an option of this command", near) }),
  },
  {
    pattern: /^error: missing required argument '(.*)'$/s,
    tell: ([, value = ""]) => ({ thing: "command line", value: "", expected: `<${value}> behind the command` }),
  },
  {
    pattern: /^error: option '(.*)' argument missing$/s,
    tell: ([, value = ""]) => ({ thing: "option", value, expected: "a value behind it" }),
  },
  {
    pattern: /^error: too many arguments.* Expected (\d+) arguments? but got (\d+)\.$/s,
    tell: ([, most = "", found = ""]) => ({
      thing: "command line",
      value: `${found} arguments`,
      expected: `at most ${most} behind the command`,
    }),
  },
];

/** @param name how the program was called */
export function usageRefusal(error: CommanderError, name: string): Refusal {
  const next = `run: ${name} --help, or ${name} <command> --help`;
  for (const { pattern, tell } of patterns) {
    const match = pattern.exec(error.message);
    if (match === null) continue;
    const { thing, value, expected } = tell(match);
    return refusal(exitCodes.usage, `Cannot use ${thing} "${value}": expected ${expected}`, next);
  }
  const text = error.message.replace(/^error: /, "");
  return refusal(exitCodes.usage, `Cannot use command line "${text}": expected commands and options of ${name}`, next);
}

function wanted(what: string, near: string | undefined): string {
  return near === undefined ? what : `${what}, perhaps ${near}`;
}
