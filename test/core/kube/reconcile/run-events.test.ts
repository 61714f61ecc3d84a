/**
 * Events of a run: on pods and nodes, once a day, and never a flood.
 *
 * @module
 */
import { beforeEach, describe, expect, test } from "vitest";
import { events } from "../../../../core/kube/resources.ts";
import { RunEvents } from "../../../../core/kube/reconcile/run-events.ts";
import type { Reservation } from "../../../../core/ports/cluster.ts";
import type { Verdict } from "../../../../core/reconcile/verdict.ts";
import { createFakeApi, type FakeApiOptions } from "../../../support/fake-api.ts";
import { createFakeServer, type FakeServer } from "../../../support/fake-api-server.ts";
import { claim, holder } from "../../../support/samples.ts";

const dayMs = 86_400_000;
const freed = { kind: "free", rule: 1, why: "its pod does not exist; its network namespace is gone" } as const;
const silent: Verdict = {
  kind: "report",
  because: "node-silent",
  why: "its pod does not exist; node node-7 is not Ready",
  command: "kubectl taint nodes node-7 x:NoExecute",
};

let server: FakeServer;
let nowMs: number;

beforeEach(() => {
  server = createFakeServer();
  nowMs = 1_700_000_000_000;
});

function member(options: Partial<FakeApiOptions> = {}): RunEvents {
  const teller = {
    component: "berth-reconciler",
    node: "node-1",
    nowMs: () => nowMs,
    timestamp: (ms: number) => new Date(ms).toISOString(),
  } as const;
  return new RunEvents({ api: createFakeApi(server, options), teller });
}

function lease(text: string, changes: Partial<Reservation> = {}): Reservation {
  const pod = { namespace: "default", name: `pod-${text}`, uid: `uid-${text}` };
  return {
    ...claim(text, { holder: holder({ pod, node: "node-7" }) }),
    version: "v",
    name: `blue-${text}`,
    uid: `object-${text}`,
    revision: 1n,
    journal: "j",
    isLabelled: true,
    twinOf: "",
    ...changes,
  };
}

function told() {
  return server.all(events).map((event) => {
    const about = event["involvedObject"] as { kind: string; name: string };
    return `${String(event["type"])} ${String(event["reason"])} ${about.kind}/${about.name}: ${String(event["message"])}`;
  });
}

describe("an Event of a run", () => {
  test("of an address that was freed is on its pod's name and on its node", async () => {
    const run = member();
    run.judged({ lease: lease("10.0.0.5"), verdict: freed, done: "freed" });
    expect(await run.send()).toEqual({ sent: 2, turnedAway: 0, failed: 0 });
    const words = "Freed 10.0.0.5 of pod default/pod-10.0.0.5 (network blue): its pod does not exist; its network";
    expect(told().toSorted()).toEqual([
      `Normal BerthFreed Node/node-7: ${words} namespace is gone (rule 1)`,
      `Normal BerthFreed Pod/pod-10.0.0.5: ${words} namespace is gone (rule 1)`,
    ]);
  });

  test("of a report says the command to run, and one of a conflict who else has the address", async () => {
    const run = member();
    run.judged({ lease: lease("10.0.0.5"), verdict: silent, done: undefined });
    run.judged({
      lease: lease("10.0.0.6"),
      verdict: { kind: "conflict", why: "pod a/b has it, too" },
      done: undefined,
    });
    run.repaired({ lease: lease("10.0.0.7"), what: "label" });
    await run.send();
    expect(told()).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^Warning BerthKept Pod.*Ready; run: kubectl taint nodes node-7 x:NoExecute$/),
        expect.stringMatching(/^Warning BerthConflict Pod.*: Two have 10\.0\.0\.6 of .*: pod a\/b has it, too$/),
        expect.stringMatching(/^Normal BerthRepaired Pod.*: Repaired 10\.0\.0\.7 of /),
      ]),
    );
  });

  test.for<{ name: string; verdict: Verdict; done: "overtaken" | "failed" | undefined }>([
    { name: "was kept", verdict: { kind: "keep", because: "live", why: "w" }, done: undefined },
    { name: "is a suspect", verdict: { kind: "suspect", rule: 1, why: "w" }, done: undefined },
    { name: "was overtaken", verdict: freed, done: "overtaken" },
    { name: "could not be freed", verdict: freed, done: "failed" },
    { name: "would be freed by a run that changes nothing", verdict: freed, done: undefined },
  ])("is not made of a lease that $name", async ({ verdict, done }) => {
    const run = member();
    run.judged({ lease: lease("10.0.0.5"), verdict, done });
    expect(await run.send()).toEqual({ sent: 0, turnedAway: 0, failed: 0 });
  });

  test("is made once a day for a lease and a verdict, by whichever member", async () => {
    const run = member();
    const look = { lease: lease("10.0.0.5"), verdict: silent, done: undefined };
    for (const sent of [2, 0, 0]) {
      run.judged(look);
      expect(await run.send(), "nothing is asked for twice").toMatchObject({ sent });
    }
    const other = member();
    other.judged(look);
    expect(await other.send(), "its names stand already").toEqual({ sent: 2, turnedAway: 0, failed: 0 });
    expect(told()).toHaveLength(2);
    run.judged({ ...look, verdict: { ...silent, because: "no-berth" } });
    await run.send();
    expect(told(), "another verdict").toHaveLength(4);
    nowMs += dayMs;
    run.judged(look);
    await run.send();
    expect(told(), "the next day").toHaveLength(6);
  });

  test("of a pod whose namespace is gone, or that may not have Events, leaves that of its node", async () => {
    const refusing = member({
      transport: async (call, deed) => {
        const count = server.all(events).length;
        return count === 0
          ? deed()
          : {
              kind: "refused",
              status: 404,
              reason: "NotFound",
              message: `namespaces "default" not found: ${call.name}`,
            };
      },
    });
    refusing.judged({ lease: lease("10.0.0.5"), verdict: freed, done: "freed" });
    expect(await refusing.send()).toEqual({ sent: 1, turnedAway: 1, failed: 0 });
    expect(told()).toEqual([expect.stringMatching(/^Normal BerthFreed Node\/node-7/)]);
  });

  test("that nobody answered is made by the next run", async () => {
    let isAway = true;
    const run = member({
      transport: async (_call, deed) => (isAway ? { kind: "unknown", reason: "no answer", mayLand: true } : deed()),
    });
    const look = { lease: lease("10.0.0.5"), verdict: silent, done: undefined };
    run.judged(look);
    expect(await run.send()).toEqual({ sent: 0, turnedAway: 0, failed: 2 });
    isAway = false;
    run.judged(look);
    expect((await run.send()).sent).toBe(2);
  });

  test("of a lease that names neither pod nor node is on the member's own node", async () => {
    const run = member();
    run.judged({
      lease: lease("10.0.0.5", { holder: holder({ pod: undefined, node: "" }) }),
      verdict: { ...silent, because: "nameless" },
      done: undefined,
    });
    await run.send();
    expect(told()).toEqual([
      expect.stringMatching(/^Warning BerthKept Node\/node-1: Kept 10\.0\.0\.5 \(network blue\): /),
    ]);
  });
});

test("10,000 freed leases are 100 Events and one that says how many were left out; each node's tells of all its leases", async () => {
  const run = member();
  for (let at = 0; at < 10_000; at += 1) {
    const text = `10.0.${at >> 8}.${at & 255}`;
    const pod = { namespace: "default", name: `pod-${at}`, uid: `uid-${at}` };
    const one = lease(text, { holder: holder({ pod, node: `node-${at % 20}` }) });
    run.judged({ lease: one, verdict: freed, done: "freed" });
  }
  expect((await run.send()).sent).toBe(101);
  const all = told();
  expect(all.filter((text) => text.includes(" Node/node-"))).toHaveLength(21);
  expect(all.filter((text) => text.includes("(and 499 more of this node, told the same)"))).toHaveLength(20);
  expect(all.filter((text) => text.includes("BerthMore"))).toEqual([
    expect.stringMatching(/^Normal BerthMore Node\/node-1: 9920 more Events of this run were not made: /),
  ]);
  expect(await run.send(), "nothing is left for the next run").toEqual({ sent: 0, turnedAway: 0, failed: 0 });
});
