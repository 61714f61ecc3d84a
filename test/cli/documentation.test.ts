/**
 * docs/berthctl.md is complete, and names nothing that there is not.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { exitCodes, exitMeanings } from "../../cli/exit.ts";
import { createProgram } from "../../cli/program.ts";
import { createDesk } from "./desk.ts";

const page = readFileSync(new URL("../../docs/berthctl.md", import.meta.url), "utf8");
const sections = page.split(/^## /m);
const versions = { version: "1.2.3", protocol: 1, schema: 1 };
const program = createProgram({ name: "berthctl", versions, out: () => undefined }, async () => undefined);

function section(title: string): string {
  const found = sections.find((one) => one.startsWith(title));
  if (found === undefined) throw new Error(`expected a section "${title}" in docs/berthctl.md`);
  return found;
}

describe("docs/berthctl.md", () => {
  test.for(program.commands.map((command) => command.name()))("has %s with all its options and arguments", (name) => {
    const command = program.commands.find((one) => one.name() === name);
    const text = section(`berthctl ${name}`);
    for (const option of command?.options ?? []) expect(text).toContain(`- \`${option.flags}\``);
    for (const argument of command?.registeredArguments ?? []) expect(text).toContain(`&lt;${argument.name()}&gt;`);
  });

  test("names no command and no option that there is not", () => {
    const commands = sections.map((one) => /^berthctl ([a-z-]+)/.exec(one)?.[1]).filter((one) => one !== undefined);
    expect(commands.sort()).toEqual(program.commands.map((command) => command.name()).sort());
    for (const name of commands) {
      const known = program.commands.find((one) => one.name() === name)?.options.map((option) => option.flags);
      const told = [...section(`berthctl ${name}`).matchAll(/^- `(--[^`]+)`/gm)].map((match) => match[1] ?? "");
      expect(new Set(told), name).toEqual(new Set(known));
    }
  });

  test("has every option of all commands", () => {
    const text = section("Options that every command has");
    for (const { flags } of program.options) expect(text).toContain(`| \`${flags}\` |`);
    expect(text).toContain("| `--help`, `-h` |");
  });

  test("has every exit code with its meaning", () => {
    const rows = Object.entries(exitCodes).map(
      ([name, code]) => `| ${code} | ${exitMeanings[name as keyof typeof exitCodes]} |`,
    );
    expect(section("Exit codes")).toContain(rows.join("\n"));
  });

  test("has every check of doctor", async () => {
    const healthy = createDesk();
    const { out } = await healthy.berthctl("doctor", "--json");
    healthy.close();
    const { findings } = JSON.parse(out) as { findings: { what: string }[] };
    for (const { what } of findings) expect(section("berthctl doctor")).toMatch(new RegExp(`^\\|.*${what}.*\\|`, "m"));
  });
});
