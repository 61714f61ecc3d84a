/**
 * Rules that matter beside Whereabouts, each lost by a change of the source.
 *
 * @module
 */
import type { PlantedFault } from "./planted-fault.ts";

const mixed = "core/kube/mixed.ts";

export const mixedFaults: readonly PlantedFault[] = [
  {
    name: "p4-without-fence",
    lost: "P4: a mode that was not confirmed for long is believed",
    mode: "mixed",
    seeds: 31,
    edits: [
      {
        file: "core/flow/fitness.ts",
        find: "BigInt(limits.fenceMs) * 1_000_000n;",
        replace: "BigInt(limits.fenceMs) * 1_000_000_000n;",
      },
    ],
  },
  {
    name: "p4-trusts-absent",
    lost: "P4: the mode is taken for absent",
    mode: "mixed",
    seeds: 1,
    edits: [
      {
        file: "core/kube/mode.ts",
        find: '=== "absent" ? "absent" : "present"',
        replace: '=== "absent" ? "absent" : "absent"',
      },
    ],
  },
  {
    name: "p6-entry-alone",
    lost: "P6: an ADD is answered when the entry stands",
    mode: "mixed",
    seeds: 1,
    edits: [
      {
        file: mixed,
        find: "  const answer = until?.aborted === true ? tooLate : await claimOne(needs, claim, again);\n",
        replace:
          '  void claimOne;\n  const answer = (again || !again ? { kind: "held", version: "" } : { kind: "taken", by: undefined }) as ClaimAnswer;\n',
      },
    ],
  },
  {
    name: "p6-leaves-its-entry",
    lost: "P6: the entry stays when the reservation is refused",
    mode: "mixed",
    seeds: 1110,
    edits: [
      {
        file: mixed,
        find: '  if (answer.kind === "unknown" && answer !== tooLate) return { ...answer, mayLand: true };\n',
        replace:
          '  if (answer.kind === "unknown" && answer !== tooLate) return { ...answer, mayLand: true };\n  if (answer.kind === "taken") return answer;\n',
      },
    ],
  },
  {
    name: "p12-reservation-first",
    lost: "P12: the reservation goes before the entry, which stays when that fails",
    mode: "mixed",
    seeds: 1,
    edits: [
      {
        file: mixed,
        find: '  const first = await writer.order({ kind: "remove", address, value });\n',
        replace: '  await releaseOne(needs, held);\n  const first = { kind: "done" } as EntryAnswer;\n  void writer;\n',
      },
    ],
  },
];
