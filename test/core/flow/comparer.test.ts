/**
 * Making the proof of a lease anew, when the journal or the cluster changes at that moment (P14, P15).
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { Comparer } from "../../../core/flow/comparer.ts";
import type { FlowPorts } from "../../../core/flow/ports.ts";
import type { Cluster, Reservation } from "../../../core/ports/cluster.ts";
import { newestAttempt } from "../../../core/ports/journal.ts";
import type { ClaimAnswer } from "../../../core/ports/store.ts";
import { claim, holder } from "../../support/samples.ts";
import { createKeeperStage, type KeeperStage } from "../../support/keeper-stage.ts";
import { given } from "../../support/world.ts";

type Changes = { cluster?: Partial<Cluster>; journal?: Partial<FlowPorts["journal"]> };

/** A lease whose reservation is gone. */
async function stage(changes: Changes = {}) {
  const made = await createKeeperStage("absent", changes);
  given(await made.world.until(made.node.add("c1")));
  made.world.remove("blue-10.0.0.1");
  const comparer = new Comparer(made.needs, made.conflicts);
  const restore = async () => made.world.until(comparer.restore(await made.row()));
  return { ...made, comparer, restore };
}

async function end({ node, row }: KeeperStage): Promise<void> {
  const whileAttempt = newestAttempt(await row());
  await node.journal.commit([{ kind: "end", id: (await row()).id, restUntilMs: 0, whileAttempt }]);
}

async function free({ node, row }: KeeperStage): Promise<void> {
  const whileAttempt = newestAttempt(await row());
  await node.journal.commit([{ kind: "free", id: (await row()).id, reason: "a test", whileAttempt }]);
}

const create = "create overlapping";

describe("a missing reservation", () => {
  test("is made anew, and its version is on record", async () => {
    const made = await stage();
    expect(await made.restore()).toBe("restored");
    expect(made.world.held()).toEqual(["10.0.0.1 c1"]);
    expect((await made.row()).version).toBe(made.world.standing().get("blue-10.0.0.1")?.version);
  });

  test("of a lease that was freed since it was looked for is its free's to end", async () => {
    const made = await stage();
    const before = await made.row();
    await free(made);
    expect(await made.world.until(made.comparer.restore(before))).toBe("stands");
    expect(made.world.held()).toEqual([]);
  });

  test("of a lease that an ADD renews now is left to that", async () => {
    const made = await stage();
    const running = new Set([newestAttempt(await made.row())]);
    const comparer = new Comparer({ ...made.needs, running }, made.conflicts);
    expect(await made.world.until(comparer.restore(await made.row()))).toBe("stands");
    expect(made.world.held()).toEqual([]);
  });

  test("that was made anew while its lease ended goes back", async () => {
    const made = await stage();
    made.node.link.next(create, { slowMs: 1_000 });
    void made.world.clock.wait(100).then(() => end(made));
    expect(await made.restore()).toBe("stands");
    expect([made.world.held(), await made.node.rows()]).toEqual([[], []]);
  });

  test("that was made anew while its lease is on its way back is the free's to remove", async () => {
    const made = await stage();
    made.node.link.next(create, { slowMs: 1_000 });
    void made.world.clock.wait(100).then(() => free(made));
    expect(await made.restore()).toBe("restored");
    expect((await made.row()).state).toBe("freeing");
  });

  test("that could not be put on record goes back: the next look makes it again", async () => {
    let isFull = false;
    const made: KeeperStage & Awaited<ReturnType<typeof stage>> = await stage({
      journal: {
        commit: async (changes, options) =>
          isFull ? { kind: "failed", full: true, reason: "no space" } : made.node.journal.commit(changes, options),
      },
    });
    isFull = true;
    expect(await made.restore()).toBe("stands");
    expect(made.world.held()).toEqual([]);
  });

  test("in whose place another was faster is a conflict, and told", async () => {
    const made = await stage();
    const other = await made.world.node();
    await made.world.until(other.add("c2"));
    expect(await made.restore()).toBe("conflict");
    expect((await made.row()).conflict).toContain("pod default/c2");
  });

  test.for<{ name: string; answer: ClaimAnswer }>([
    { name: "taken by somebody who has gone again", answer: { kind: "taken", by: undefined } },
    { name: "refused", answer: { kind: "refused", reason: "not you", passesMs: 0 } },
    { name: "of a pool that is used with the other setting", answer: { kind: "disagrees", definition: "other" } },
    { name: "not answered", answer: { kind: "unknown", reason: "away", hopeless: false, mayLand: true } },
  ])("whose create is $name is looked for again", async ({ answer }) => {
    const made = await stage();
    const store = { ...made.needs.ports.store, claim: async () => answer };
    const comparer = new Comparer({ ...made.needs, ports: { ...made.needs.ports, store } }, made.conflicts);
    expect(await made.world.until(comparer.restore(await made.row()))).toBe("unknown");
    expect((await made.row()).state).toBe("lease");
  });

  test("whose create found another's is a conflict, when that one stands at the next look", async () => {
    const made = await stage();
    const marks = { name: "blue-10.0.0.1", uid: "u", revision: 1n, journal: "j", isLabelled: true, twinOf: "" };
    const standing: Reservation = { ...claim("10.0.0.1", { attempt: "other" }), ...marks, version: "v" };
    let looks = 0;
    const cluster: Cluster = {
      ...made.needs.cluster,
      look: async () => ((looks += 1) === 1 ? undefined : standing),
      contest: async () => ({ kind: "held", version: "v" }),
    };
    const store: FlowPorts["store"] = {
      ...made.needs.ports.store,
      claim: async () => ({ kind: "taken", by: undefined }),
    };
    const comparer = new Comparer({ ...made.needs, cluster, ports: { ...made.needs.ports, store } }, made.conflicts);
    expect(await made.world.until(comparer.restore(await made.row()))).toBe("conflict");
    expect((await made.row()).conflict).toContain("pod default/web-0");
  });

  test("that cannot be looked for is looked for again", async () => {
    const made = await stage();
    made.node.link.next("read overlapping", "away");
    expect(await made.restore()).toBe("unknown");
  });
});

describe("what another holds by now", () => {
  async function overtaken(changes: Changes) {
    const made = await stage(changes);
    const other = await made.world.node();
    given(await made.world.until(other.add("c2")));
    return made;
  }

  async function unprove({ node, row }: KeeperStage): Promise<void> {
    const { id, holder: own, version } = await row();
    const evidence = { kind: "void", path: "", bootId: node.bootId, reason: "a test" } as const;
    await node.journal.commit([
      { kind: "renew", id, holder: { ...own, evidence }, attempt: "next", index: 0 },
      { kind: "lease", id, version },
    ]);
  }

  test.for([
    { name: "is a conflict while our lease lives", podLives: true, is: "conflict" },
    { name: "ends our row when our lease has ended", podLives: false, is: "ended" },
    { name: "waits while nobody can say which", podLives: undefined, is: "unknown" },
  ])("$name", async ({ podLives, is }) => {
    const made = await overtaken({ cluster: { podLives: async () => podLives } });
    await unprove(made);
    expect(await made.restore()).toBe(is);
    expect(made.world.held()).toEqual(["10.0.0.1 c2"]);
  });
});

describe("a comparison", () => {
  function own(changes: Partial<Reservation>): Cluster["own"] {
    const marks = { name: "blue-10.0.0.5", uid: "u", revision: 1n, journal: "j", isLabelled: true, twinOf: "" };
    const one = { ...claim("10.0.0.5", { holder: holder() }), ...marks, version: "v", ...changes };
    return async () => ({ kind: "own", reservations: [one], revision: 1n });
  }

  test("imports no withheld address: it is nobody's lease", async () => {
    const made = await createKeeperStage("absent", { cluster: { own: own({ kind: "withheld", holder: undefined }) } });
    const comparer = new Comparer(made.needs, made.conflicts);
    expect(await made.world.until(comparer.compare(true))).toMatchObject({ kind: "compared", stands: true });
    expect(await made.node.rows()).toEqual([]);
  });

  test("hands what an ended ADD left over to the lease that waits for it", async () => {
    const waiting = claim("10.0.0.1", { attempt: "waiting" });
    const made = await createKeeperStage("absent");
    given(await made.world.until(made.node.add("c1")));
    const standing = made.world.standing().get("blue-10.0.0.1");
    if (standing === undefined) throw new Error("nothing stands");
    await end(made);
    const cluster: Cluster = {
      ...made.needs.cluster,
      own: async () => ({ kind: "own", reservations: [{ ...standing, contested: waiting }], revision: 1n }),
    };
    const comparer = new Comparer({ ...made.needs, cluster }, made.conflicts);
    await made.world.until(comparer.compare(true));
    expect(made.world.standing().get("blue-10.0.0.1")?.attempt).toBe("waiting");
  });
});

test("what was never known to be held contests nothing, though its sandbox lives: the other holds the address by right", async () => {
  const made = await stage();
  const { id } = await made.row();
  await made.node.journal.commit([{ kind: "lease", id, version: "" }]);
  made.world.reserve("blue-10.0.0.1", "default/other");
  expect(await made.restore()).toBe("ended");
  await made.world.advance(100_000);
  expect(await made.node.rows()).toEqual([]);
  expect(made.world.standing().get("blue-10.0.0.1")?.contested).toBeUndefined();
});
