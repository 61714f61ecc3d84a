/**
 * One run in a few lines for people.
 *
 * @module
 */
import type { RunSummary } from "./summary.ts";
import type { FreeRule } from "./verdict.ts";

const ruleWords: { readonly [rule in FreeRule]: string } = {
  1: "its namespace is gone",
  2: "its node is lost",
  3: "Whereabouts wrote it, and every node answers",
};

export function formatSummary(summary: RunSummary): string {
  const { lookedAt, seconds, requests, suspects, overtaken, repaired, conflicts, reports, failed } = summary;
  const rules = [1, 2, 3] as const;
  const freed = rules.flatMap((rule) =>
    summary.freed[rule] === 0 ? [] : [`${summary.freed[rule]} by rule ${rule} (${ruleWords[rule]})`],
  );
  const kept = Object.entries(summary.kept).flatMap(([reason, count]) => (count === 0 ? [] : [`${count} ${reason}`]));
  const others = Object.entries({ suspects, overtaken, repaired, conflicts, reports, failed });
  return [
    `Looked at ${lookedAt} ${lookedAt === 1 ? "lease" : "leases"} in ${seconds.toFixed(1)} s with ${requests} requests`,
    `  freed: ${freed.length === 0 ? "none" : freed.join(", ")}`,
    `  kept: ${kept.length === 0 ? "none" : kept.join(", ")}`,
    `  ${others.map(([name, count]) => `${name}: ${count}`).join(", ")}`,
    "",
  ].join("\n");
}
