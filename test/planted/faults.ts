/**
 * Faults that were planted to see the tests fail: each breaks one promise in the source, and names the test that has to
 * notice. `npm run faults` plants each in a copy of the tree.
 *
 * @module
 */

export type Fault = {
  /** The promise it breaks: an invariant of the design, or a rule of the protocol. */
  readonly breaks: string;
  readonly file: string;
  /** Stands there exactly once. */
  readonly find: string;
  readonly replace: string;
  /** Test files, at least one of which has to fail. */
  readonly tests: readonly string[];
};

export const faults: readonly Fault[] = [
  {
    breaks: "invariant 1: the store gives an address that is held",
    file: "adapters/sqlite/store.ts",
    find: 'by.attempt === claim.attempt ? { kind: "held", version: by.version } : { kind: "taken", by }',
    replace: '{ kind: "held", version: by.version }',
    tests: ["test/contracts/store.test.ts"],
  },
  {
    breaks: "invariant 1: a static address does not keep a pool with overlapping ranges off from giving it",
    file: "adapters/sqlite/store.ts",
    find: "AND (scope = $scope OR kind <> 'dynamic' OR $kind <> 'dynamic') ORDER BY",
    replace: "AND (scope = $scope) ORDER BY",
    tests: ["test/contracts/store.test.ts"],
  },
  {
    breaks: "invariant 2: a failed ADD keeps what it took",
    file: "core/flow/add.ts",
    find: '[...takenBy(parts), ...answer.owed], "the ADD failed"',
    replace: '[...answer.owed], "the ADD failed"',
    tests: ["test/core/flow/add.test.ts"],
  },
  {
    breaks: "invariant 3: a repeated ADD gets another address",
    file: "core/allocate/reuse.ts",
    find: "const left = new Set<Row>([...own, ",
    replace: "const left = new Set<Row>([",
    tests: ["test/core/flow/add.test.ts"],
  },
  {
    breaks: "invariant 3: a DEL ends another attachment's lease",
    file: "core/flow/del.ts",
    find: 'rows.filter((row) => row.state === "lease" && isMeant(row))',
    replace: '(await journal.page("lease", undefined)).rows.filter(isMeant)',
    tests: ["test/core/flow/del.test.ts"],
  },
  {
    breaks: "P13: a DEL that was started before the ADD ends its lease",
    file: "core/ports/holder.ts",
    find: "a.bootId !== b.bootId || a.bootNs < b.bootNs",
    replace: "a.bootId !== b.bootId || a.bootNs < b.bootNs || true",
    tests: ["test/core/flow/del.test.ts"],
  },
  {
    breaks: "P13: an ADD that finds a later DEL when it commits is answered",
    file: "adapters/sqlite/deletions.ts",
    find: "AND boot_ns > $boot_ns LIMIT 1",
    replace: "AND boot_ns > $boot_ns AND 1 = 0 LIMIT 1",
    tests: ["test/contracts/journal.test.ts", "test/core/flow/del.test.ts"],
  },
  {
    breaks: "invariant 4: an intent is forgotten by a restarted agent",
    file: "core/flow/recover.ts",
    find: 'for (const row of await rowsIn(ports, "intent")) {',
    replace: 'for (const row of (await rowsIn(ports, "intent")).slice(1)) {',
    tests: ["test/core/flow/crash.test.ts"],
  },
  {
    breaks: "invariant 4: a restarted agent forgets what is on its way back",
    file: "core/flow/recover.ts",
    find: "  freer.add(rows);",
    replace: "",
    tests: ["test/core/flow/crash.test.ts"],
  },
  {
    breaks: "invariant 4: an ADD is answered without its last commit",
    file: "core/flow/add.ts",
    find: "const answer = await journal.commit(changes, { unless: asking.holder });",
    replace:
      'const answer = (() => ({ kind: "committed" as const }))() as Awaited<ReturnType<typeof journal.commit>>; void changes;',
    tests: ["test/core/flow/crash.test.ts", "test/core/flow/del.test.ts"],
  },
  {
    breaks: "invariant 4: a commit is written after its promise was kept",
    file: "adapters/sqlite/statements.ts",
    find: 'database.exec("COMMIT");',
    replace: 'setImmediate(() => database.isOpen && database.exec("COMMIT"));',
    tests: ["test/contracts/journal.test.ts", "test/core/flow/crash.test.ts"],
  },
  {
    breaks: "invariant 4: a withheld address is not written through to the disk",
    file: "adapters/sqlite/store.ts",
    find: 'claim.kind === "withheld" ? writer.writeDurably(body) : writer.write(body)',
    replace: "writer.write(body)",
    tests: ["test/core/flow/power-cut.test.ts"],
  },
  {
    breaks: "invariant 5: a path that is no namespace counts as proof",
    file: "core/flow/evidence.ts",
    find: 'return { kind: "unproven", why: "the path is no network namespace" };',
    replace: 'return { kind: "gone", why: "namespace gone" };',
    tests: ["test/core/flow/sweep.test.ts"],
  },
  {
    breaks: "invariant 5: void evidence (a missing mount propagation) frees leases",
    file: "core/flow/evidence.ts",
    find: 'if (voidReason !== undefined) return { kind: "unproven", why: voidReason, isVoid: true };',
    replace: "void voidReason;",
    tests: ["test/core/flow/sweep.test.ts"],
  },
  {
    breaks: "invariant 5: after a reboot leases are freed at once",
    file: "core/flow/reclaim.ts",
    find: 'return verdict.kind === "earlier boot" && clock.bootNs() >= BigInt(limits.afterBootMs) * 1_000_000n;',
    replace: 'void clock; void limits; return verdict.kind === "earlier boot";',
    tests: ["test/core/flow/sweep.test.ts"],
  },
  {
    breaks: "P19: GC frees what it does not list although its namespace stands",
    file: "core/flow/gc.ts",
    find: 'if ((await reclaimer.reclaimUnlisted(row)) === "freeing") {',
    replace:
      'if ((await ports.journal.commit([{ kind: "free", id: row.id, reason: "", whileAttempt: row.attempts.at(-1) ?? "" }])).kind === "committed") {',
    tests: ["test/core/flow/gc.test.ts"],
  },
  {
    breaks: "invariant 6: excluded addresses and gateways are given",
    file: "core/allocate/occupancy.ts",
    find: "for (const { first, last } of eachInterval(range.excluded)) this.#held.set(first, last);",
    replace: "void eachInterval;",
    tests: ["test/core/allocate/occupancy.test.ts", "test/core/flow/add.test.ts"],
  },
  {
    breaks: "invariant 6: a withheld address is given",
    file: "core/flow/pools.ts",
    find: 'if (kind !== "dynamic") return true;',
    replace: 'if (kind !== "dynamic") return false;',
    tests: ["test/core/flow/operate.test.ts"],
  },
  {
    breaks: "invariant 7: a full pool refuses although a stale lease is there",
    file: "core/flow/find-free.ts",
    find: "if (value === undefined && !hasMore) hasMore = await reclaimer.reclaimPool(query, range);",
    replace: "void reclaimer;",
    tests: ["test/core/flow/add.test.ts"],
  },
  {
    breaks: "invariant 7: a full pool refuses although an address is on its way back",
    file: "core/flow/find-free.ts",
    find: "hasMore = !wait.signal.aborted && (await freer.settled(isConcerned, wait.signal));",
    replace: "void isConcerned; void freer; hasMore = false;",
    tests: ["test/core/flow/add.test.ts"],
  },
  {
    breaks: "P11: a pod gets its old address although its old sandbox stands",
    file: "core/allocate/reuse.ts",
    find: "...ofPod.filter(({ isGone }) => isGone).map(({ row }) => row)",
    replace: "...ofPod.map(({ row }) => row)",
    tests: ["test/core/flow/add.test.ts"],
  },
  {
    breaks: "P12: a free deletes whoever holds the address now",
    file: "adapters/sqlite/store.ts",
    find: 'if (now.version !== held.version) return { kind: "changed", now };',
    replace: "",
    tests: ["test/contracts/store.test.ts"],
  },
  {
    breaks: "P11: a DEL of the old sandbox ends the lease of the new one",
    file: "adapters/sqlite/journal-changes.ts",
    find: "SET state = 'freeing', reason = ? WHERE id = ? AND ${newest} = ?",
    replace: "SET state = 'freeing', reason = ? WHERE id = ? AND ? IS NOT NULL",
    tests: ["test/core/flow/interleave.test.ts"],
  },
  {
    breaks: "P2: a pool gives one address in two scopes",
    file: "adapters/sqlite/store.ts",
    find: 'if (claim.kind === "dynamic" && pool !== undefined)',
    replace: 'if (claim.kind === "dynamic" && pool === null)',
    tests: ["test/contracts/store.test.ts", "test/core/flow/add.test.ts"],
  },
  {
    breaks: "P13: an ADD is answered although a later DEL is on record (both guards removed)",
    file: "adapters/sqlite/journal.ts",
    find: "options.unless !== undefined &&",
    replace: "options.unless === null &&",
    tests: ["test/core/flow/del.test.ts"],
  },
  {
    breaks: "P9: a recovered intent becomes a lease although its namespace has gone",
    file: "core/flow/recover.ts",
    find: "if (held !== undefined && isOurs && mayLive &&",
    replace: "void mayLive; if (held !== undefined && isOurs &&",
    tests: ["test/core/flow/recover.test.ts"],
  },
  {
    breaks: "P13: a recovered intent becomes a lease although a later DEL is on record",
    file: "core/flow/recover.ts",
    find: "commit([change], { unless: row.holder })",
    replace: "commit([change])",
    tests: ["test/core/flow/recover.test.ts"],
  },
  {
    breaks: "P7: the launcher's budget is ignored",
    file: "core/flow/flow.ts",
    find: "return Math.min(limitMs, Math.max(0, budgetMs - passedMs));",
    replace: "void budgetMs; void passedMs; return limitMs;",
    tests: ["test/core/flow/recover.test.ts"],
  },
  {
    breaks: "P11: two ADDs of one pod's interface do not take turns",
    file: "core/flow/call-keys.ts",
    find: "return uid === undefined ? [containerKey(call)] : [containerKey(call), `pod ${uid}\\0${call.ifName}`];",
    replace: "void uid; return [containerKey(call)];",
    tests: ["test/core/flow/interleave.test.ts"],
  },
  {
    breaks: "P13: a DEL does not wait for the ADD it cancels",
    file: "core/flow/flow.ts",
    find: "const endTurn = await this.#turns.take([containerKey(ending)], deadline.signal);",
    replace: "const endTurn = undefined as (() => void) | undefined;",
    tests: ["test/core/flow/recover.test.ts"],
  },
];
