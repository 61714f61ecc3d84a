/**
 * docs/reconciler.md has every option, every verdict and every field, as the program has them.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { reconcilerOptions, reconcilerSchema, reconcilerSwitches } from "../../core/config/reconciler-schema.ts";
import { Tally } from "../../core/reconcile/summary.ts";
import { place } from "../support/samples.ts";
import { treeRoot } from "../tools/places.ts";
import { planRow } from "../../core/flow/reconcile/plan-row.ts";

const page = readFileSync(join(treeRoot, "docs/reconciler.md"), "utf8");
const rows = page.split("\n").filter((line) => line.startsWith("| `--"));

describe("docs/reconciler.md", () => {
  test("has every option with its variables and its default, and no other", () => {
    const flags = [...reconcilerSwitches, ...reconcilerOptions].map(({ flag }) => flag);
    expect(rows.map((row) => /^\| `([^`]+)`/.exec(row)?.[1])).toEqual(flags);
    const defaults: { readonly [key: string]: string | number | boolean | undefined } = reconcilerSchema.parse({});
    for (const { key, flag, variables } of reconcilerOptions) {
      const row = rows.find((one) => one.startsWith(`| \`${flag}\``)) ?? "";
      const cells = row.split("|").map((cell) => cell.trim());
      expect(cells[2], flag).toBe(variables.map((variable) => `\`${variable}\``).join(", "));
      if (defaults[key] !== undefined) expect(cells[3], flag).toBe(`\`${String(defaults[key])}\``);
    }
  });

  test("says of every reason to keep a lease what to do", () => {
    const { kept } = new Tally().summary(0, 0);
    const told = [...page.matchAll(/^\| `keep: ([\w-]+)` \| \S.* \| \S.* \|$/gm)].map(([, reason = ""]) => reason);
    expect(new Set(told)).toEqual(new Set(Object.keys(kept)));
    expect(told).toHaveLength(Object.keys(kept).length);
  });

  test("has an example of the JSON with exactly the fields that are printed", () => {
    const example: { plan: object[]; failures: object[]; summary: object } = JSON.parse(
      /```json\n([^]*?)```/.exec(page)?.[1] ?? "",
    );
    const lease = {
      place: place("10.20.0.5"),
      kind: "dynamic",
      attempt: "",
      holder: undefined,
      sinceMs: 0,
      reason: "",
      version: "",
      contested: undefined,
      name: "",
      uid: "",
      revision: 0n,
      journal: "",
      isLabelled: true,
      twinOf: "",
    } as const;
    const row = planRow({ lease, verdict: { kind: "suspect", rule: 1, why: "" }, done: undefined });
    expect(example.plan.map((one) => Object.keys(one))).toEqual([Object.keys(row)]);
    expect(Object.keys(example)).toEqual(["plan", "failures", "summary"]);
    const summary = new Tally().summary(0, 0);
    expect(Object.keys(example.summary).sort()).toEqual(Object.keys(summary).sort());
    expect(example.summary).toMatchObject({ kept: summary.kept, freed: summary.freed });
  });
});
