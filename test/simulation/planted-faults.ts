/**
 * The rules of the protocol, each lost by a change of the source: the simulation has to find each. Nothing of this is in the
 * product: the changes are made while a module is loaded.
 *
 * @module
 */

import { memberFaults } from "./planted-faults-members.ts";
import { mixedFaults } from "./planted-faults-mixed.ts";
import type { Edit, PlantedFault } from "./planted-fault.ts";

const one = "core/kube/one.ts";

/** Late creates of attempts that have ended are imported instead of given back. */
const keepsFinished: Edit = {
  file: "core/flow/compare.ts",
  find: "if (finishedUid !== undefined)\n",
  replace: 'if (finishedUid === "never")\n',
};

export const plantedFaults: readonly PlantedFault[] = [
  {
    name: "p5-without-p9",
    lost: "P9: an unknown outcome counts as refused, and another address is tried",
    mode: "exclusive",
    seeds: 4,
    edits: [
      {
        file: "core/flow/claim.ts",
        find: 'if (answer.kind === "unknown" && answer.mayLand) {',
        replace:
          'if (answer.kind === "unknown" && answer.mayLand) {\n      if (signal.aborted || !signal.aborted) return { kind: "taken", by: undefined };',
      },
      keepsFinished,
    ],
  },
  {
    name: "p9-ours-by-container",
    lost: "P9: a reservation of the same container counts as ours",
    mode: "exclusive",
    seeds: 196,
    edits: [
      {
        file: one,
        find: "if (by?.attempt !== claim.attempt || by.contested",
        replace:
          "if (by?.holder?.attachment.containerId !== claim.holder?.attachment.containerId || by === undefined || by.contested",
      },
    ],
  },
  {
    name: "p9-ours-by-pod",
    lost: "P9: a reservation of the same pod counts as ours",
    mode: "exclusive",
    seeds: 81,
    edits: [
      {
        file: one,
        find: "if (by?.attempt !== claim.attempt || by.contested",
        replace: "if (by?.holder?.pod?.uid !== claim.holder?.pod?.uid || by === undefined || by.contested",
      },
    ],
  },
  {
    name: "p9-not-found-at-once",
    lost: "P9: not found is believed at once after an unknown outcome",
    mode: "exclusive",
    seeds: 168,
    edits: [
      { file: "core/kube/store.ts", find: "const lateMs = 90_000;", replace: "const lateMs = 0;" },
      keepsFinished,
    ],
  },
  {
    name: "p11-trusts-renewal",
    lost: "P11: a renewal that nobody confirmed is answered",
    mode: "exclusive",
    seeds: 11,
    edits: [
      {
        file: "core/flow/renew.ts",
        find: "const answer = (await inTime(ports, store.renew(judged, next), deadline.signal)) ?? leftBehind;\n",
        replace:
          'const answer = (await inTime(ports, store.renew(judged, next), deadline.signal)) ?? leftBehind;\n    if (answer.kind === "unknown") return { kind: "held", version: judged.version };\n',
      },
    ],
  },
  {
    name: "p11-old-evidence",
    lost: "P11: the evidence of the old sandbox is kept",
    mode: "exclusive",
    seeds: 3,
    edits: [
      {
        file: "core/flow/renew.ts",
        find: "const { holder } = asking;",
        replace: "const holder = { ...asking.holder, evidence: row.holder.evidence };",
      },
    ],
  },
  {
    name: "p13-does-not-cancel",
    lost: "P13: a DEL neither cancels a running ADD nor stands in its way",
    mode: "exclusive",
    seeds: 41,
    edits: [
      {
        file: "core/flow/flow.ts",
        find: "if (isEarlier(running.started, ending.started)) running.canceller.cancel();",
        replace: "void running;",
      },
      {
        file: "core/flow/add.ts",
        find: "const answer = await journal.commit(changes, { unless: asking.holder });",
        replace: "const answer = await journal.commit(changes);",
      },
    ],
  },
  {
    name: "p13-without-order",
    lost: "P13: a DEL ends what was started after it",
    mode: "exclusive",
    seeds: 138,
    edits: [
      {
        file: "core/flow/del.ts",
        find: "isEarlier(row.holder.started, ending.started);",
        replace: "(isEarlier(row.holder.started, ending.started) || true);",
      },
    ],
  },
  {
    name: "p12-uid-alone",
    lost: "P12: a removal judges by the uid, not by the resourceVersion",
    mode: "exclusive",
    seeds: 3,
    edits: [
      {
        file: one,
        find: "needs.api.remove(nameOf(needs, held.place), { uid, resourceVersion })",
        replace: 'needs.api.remove(nameOf(needs, held.place), resourceVersion === "" ? { uid } : { uid })',
      },
    ],
  },
  {
    name: "p14-imports-finished",
    lost: "P14: a reservation of a finished attempt is imported",
    mode: "exclusive",
    seeds: 5,
    edits: [keepsFinished],
  },
  {
    name: "p15-recreates-the-dead",
    lost: "P15: the reservation of a lease that has ended is made anew",
    mode: "exclusive",
    seeds: 86,
    edits: [
      { file: "core/flow/comparer.ts", find: "if (!isLiving) return this.#end(row);", replace: "void isLiving;" },
    ],
  },
  {
    name: "p15-deletes-in-conflict",
    lost: "P15: what another holds in a conflict is deleted",
    mode: "exclusive",
    seeds: 165,
    edits: [
      {
        file: "core/flow/comparer.ts",
        find: '      await this.#conflicts.found(row, standing);\n      return "conflict";\n    }',
        replace: '      await this.#needs.ports.store.release(standing);\n      return "conflict";\n    }',
      },
    ],
  },
  {
    name: "p16-left-out",
    lost: "P16: nobody notices that the API server went back in time",
    mode: "exclusive",
    seeds: 31,
    edits: [
      {
        file: "core/kube/tide.ts",
        find: "if (revision < sentAt) {",
        replace: "if (revision < sentAt && revision < -1n) {",
      },
      {
        file: "core/flow/comparer.ts",
        find: "plan.risen !== undefined\n",
        replace: "plan.risen !== undefined && missingMax > 9\n",
      },
      {
        file: "core/flow/comparer.ts",
        find: "const missingMax = 1;",
        replace: 'const missingMax = Number("9") * 999;',
      },
    ],
  },
  {
    name: "p18-no-such-pod",
    lost: "P18: that a pod does not exist counts as proof",
    mode: "exclusive",
    seeds: 38,
    edits: [
      {
        file: "core/flow/staleness.ts",
        find: '  if (verdict.kind === "stands") return verdict;\n',
        replace:
          '  const lives = row.holder.pod === undefined ? true : await ports.cluster?.podLives(row.holder.pod);\n  if (lives === false) return { kind: "stale", why: "namespace gone" };\n  if (verdict.kind === "stands") return verdict;\n',
      },
    ],
  },
  {
    name: "p8-without-intent",
    lost: "P8: an intent that was left behind is forgotten",
    mode: "exclusive",
    seeds: 13,
    edits: [
      {
        file: "core/flow/recover.ts",
        find: 'for (const row of await rowsIn(ports, "intent")) {',
        replace: 'for (const row of (await rowsIn(ports, "intent")).slice(0, 0)) {',
      },
    ],
  },
  {
    name: "p7-full-on-belief",
    lost: "P7: a pool is called full without a fresh list",
    mode: "exclusive",
    seeds: 5,
    edits: [
      {
        file: "core/flow/find-free.ts",
        find: "if (isYoung) return known;",
        replace: "if (sinceNs >= 0n) return known;",
      },
    ],
  },
  {
    name: "p10-keeps-the-rest",
    lost: "P10: a refused ADD keeps its other addresses",
    mode: "exclusive",
    seeds: 268,
    edits: [
      {
        file: "core/flow/add.ts",
        find: '[...takenBy(parts), ...answer.owed], "the ADD failed"',
        replace: '[...answer.owed], "the ADD failed"',
      },
    ],
  },
  {
    name: "p21-no-twins",
    lost: "P21: a static or withheld address is not held in pools with overlapping ranges off",
    mode: "exclusive",
    seeds: 94,
    edits: [
      {
        file: "core/kube/twins.ts",
        find: "  for (const place of places) {\n    const answer = await claimTwin({",
        replace: "  for (const place of places.slice(0, 0)) {\n    const answer = await claimTwin({",
      },
    ],
  },
  ...mixedFaults,
  ...memberFaults,
];
