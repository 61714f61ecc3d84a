/**
 * Faults of what only a cluster has, planted like those of `faults.ts`.
 *
 * @module
 */
import type { Fault } from "./faults.ts";

export const clusterFaults: readonly Fault[] = [
  {
    breaks: "P5: an address that is taken counts as held",
    file: "core/kube/one.ts",
    find: 'if (!again) return { kind: "taken", by: undefined };',
    replace: 'if (!again) return { kind: "held", version: "/0" };',
    tests: ["test/core/flow/cluster-claim.test.ts"],
  },
  {
    breaks: "P5, P9: whoever repeats a claim holds the address, whose attempt ever stands there",
    file: "core/kube/one.ts",
    find: "if (by?.attempt !== claim.attempt || by.contested !== undefined)",
    replace: 'if (by?.attempt === "")',
    tests: ["test/core/flow/cluster-claim.test.ts"],
  },
  {
    breaks: "P6: an ADD is answered without the pool's entry",
    file: "core/kube/mixed.ts",
    find: 'if (entry.kind !== "done") return claimAnswer(entry',
    replace: 'if (entry.kind === "unknown") return claimAnswer(entry',
    tests: ["test/core/flow/cluster-mixed.test.ts"],
  },
  {
    breaks: "P6: the own entry stays when the reservation is refused",
    file: "core/kube/mixed.ts",
    find: 'const back = await writer.order({ kind: "remove", address, value });',
    replace: 'const back = { kind: "done" } as EntryAnswer;',
    tests: ["test/core/flow/cluster-mixed.test.ts"],
  },
  {
    breaks: "P14: what another machine's agent under this node's name gave is imported",
    file: "core/flow/compare.ts",
    find: 'return { kind: "foreign" };',
    replace: 'return { kind: "unknown" };',
    tests: ["test/core/flow/cluster-two-agents.test.ts"],
  },
  {
    breaks: "P14, P18: a lease of an earlier boot is freed while its pod lives",
    file: "core/flow/cluster-sweep.ts",
    find: 'if (sight === "lives") return this.#livesOn(row, why);',
    replace: "",
    tests: ["test/core/flow/cluster-two-agents.test.ts"],
  },
  {
    breaks: "P14: what has ended is taken on record again",
    file: "core/flow/adopter.ts",
    find: "if ((await ports.journal.finished([claim.attempt])).length > 0) return undefined;",
    replace: "",
    tests: ["test/core/flow/adopter.test.ts"],
  },
  {
    breaks: "P15: a contested reservation is removed, not handed over",
    file: "core/flow/freer.ts",
    find: "held.contested === undefined ? await store.release(held) : await handOver(store, held, held.contested);",
    replace: "(void handOver, await store.release(held));",
    tests: ["test/core/flow/cluster-conflict.test.ts"],
  },
  {
    breaks: "P15: a late create that another lease waits for is removed, not handed over",
    file: "core/flow/comparer.ts",
    find: ": await ports.store.renew(reservation, contested);",
    replace: ": await ports.store.release(reservation);",
    tests: ["test/core/flow/comparer.test.ts"],
  },
  {
    breaks: "P15: what was made anew for a lease that ended meanwhile stays",
    file: "core/flow/comparer.ts",
    find: "    await ports.store.release({ ...row, version, attempt: newestAttempt(row) });\n",
    replace: "",
    tests: ["test/core/flow/comparer.test.ts"],
  },
  {
    breaks: "P15: an entry that was written anew for a lease that ended meanwhile stays",
    file: "core/flow/entry-check.ts",
    find: "await ports.store.tidy({ ...row, attempt: newestAttempt(row) });",
    replace: "return true;",
    tests: ["test/core/flow/entry-check.test.ts"],
  },
  {
    breaks: "P15: CHECK finds nothing to say of a conflict",
    file: "core/flow/proof-fault.ts",
    find: 'if (row.conflict !== "") return',
    replace: 'if (row.conflict === "?") return',
    tests: ["test/core/flow/cluster-check.test.ts"],
  },
  {
    breaks: "P16: an ADD is answered although the API server went back in time meanwhile",
    file: "core/flow/add.ts",
    find: "const unready = needs.keeper?.guard();",
    replace: 'const unready = undefined as ReturnType<NonNullable<typeof needs.keeper>["guard"]>;',
    tests: ["test/core/flow/cluster-deadline.test.ts"],
  },
  {
    breaks: "P16: a claim whose own answer shows that the API server went back is held",
    file: "core/kube/one.ts",
    find: "return tide.saw(sentAt, object.metadata.resourceVersion)\n",
    replace: "return tide.saw(sentAt, object.metadata.resourceVersion) && false\n",
    tests: ["test/core/flow/cluster-back.test.ts", "test/core/kube/one.test.ts"],
  },
  {
    breaks: "P16: a renewal whose answer shows it is held",
    file: "core/kube/one.ts",
    find: "return tide.saw(sentAt, answer.object.metadata.resourceVersion, judged.resourceVersion)\n",
    replace: "return tide.saw(sentAt, answer.object.metadata.resourceVersion, judged.resourceVersion) && false\n",
    tests: ["test/core/flow/cluster-back.test.ts", "test/core/kube/one.test.ts"],
  },
  {
    breaks: "P16: two living leases that are missing at once tell nothing",
    file: "core/flow/comparer.ts",
    find: "isAlone && gone > missingMax",
    replace: "isAlone && gone > missingMax + 1_000",
    tests: ["test/core/flow/cluster-back.test.ts"],
  },
  {
    breaks: "P21: a static address is not held in pools with overlapping ranges off",
    file: "core/kube/twins.ts",
    find: "for (const place of places) {\n    const answer = await claimOne(",
    replace: "for (const place of places.slice(places.length)) {\n    const answer = await claimOne(",
    tests: ["test/core/flow/cluster-static.test.ts"],
  },
  {
    breaks: "P21: a further reservation stays although its first went while it was made",
    file: "core/kube/twins.ts",
    find: 'if (found.kind === "object" && found.object.metadata.uid === first.uid) return answer;',
    replace: 'if (found.kind === "object" || found.kind === "absent") return answer;',
    tests: ["test/core/kube/twins.test.ts"],
  },
  {
    breaks: "P21: what was made while an address was given back stays",
    file: "core/kube/twins.ts",
    find: "const after = await releaseTwins(needs, held);",
    replace: "const after = undefined as string | undefined;",
    tests: ["test/core/kube/twins.test.ts"],
  },
];
