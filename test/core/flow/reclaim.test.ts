/**
 * What a later sandbox of the same pod proves of an earlier one that Whereabouts gave its address (P17).
 *
 * @module
 */
import { expect, test } from "vitest";
import type { Holder } from "../../../core/ports/holder.ts";
import type { NewRow } from "../../../core/ports/journal.ts";
import { createKeeperStage } from "../../support/keeper-stage.ts";
import { attachment, holder, newRow, place } from "../../support/samples.ts";

const voidEvidence = { kind: "void", path: "", bootId: "boot-node-1", reason: "Whereabouts gave it" } as const;
const pod = { namespace: "default", name: "wb", uid: "uid-wb" };

/** What Whereabouts gave to the pod's earlier sandbox. */
const earlier = holder({ pod, attachment: attachment({ definition: "", containerId: "old" }), evidence: voidEvidence });

function later(changes: Partial<Holder> = {}): Holder {
  const evidence = { kind: "seen", path: "/run/netns/new", device: "4", inode: "1", bootId: "boot-node-1" } as const;
  return holder({ pod, attachment: attachment({ containerId: "new" }), evidence, ...changes });
}

type Case = {
  readonly name: string;
  readonly first?: Holder;
  readonly second: Partial<NewRow>;
  readonly isAnswered?: boolean;
  readonly stands?: boolean;
  readonly freed: boolean;
};

test.for<Case>([
  { name: "whose namespace stands, at another address of the range, ends the earlier", second: {}, freed: true },
  { name: "whose namespace has gone proves nothing", second: {}, stands: false, freed: false },
  {
    name: "of which nothing is proven proves nothing",
    second: { holder: later({ evidence: voidEvidence }) },
    freed: false,
  },
  { name: "that was not answered proves nothing", second: {}, isAnswered: false, freed: false },
  {
    name: "of another range proves nothing",
    second: { place: place("10.1.0.6", { pool: "10.1.0.0/24" }) },
    freed: false,
  },
  { name: "of another network proves nothing", second: { place: place("10.0.0.6", { network: "red" }) }, freed: false },
  {
    name: "that is the very same container proves nothing",
    second: { holder: later({ attachment: attachment({ containerId: "old" }) }) },
    freed: false,
  },
  {
    name: "of another pod proves nothing",
    second: { holder: later({ pod: { ...pod, uid: "uid-other" } }) },
    freed: false,
  },
  {
    name: "proves nothing of a lease that Berth gave itself, which has evidence of its own",
    first: { ...earlier, attachment: attachment({ containerId: "old" }) },
    second: {},
    freed: false,
  },
  {
    name: "proves nothing of a pod whose uid nobody knows",
    first: { ...earlier, pod: { ...pod, uid: undefined } },
    second: { holder: later({ pod: { ...pod, uid: undefined } }) },
    freed: false,
  },
])("a sandbox $name", async ({ first = earlier, second, isAnswered = true, stands = true, freed }) => {
  const { world, node } = await createKeeperStage("absent", { cluster: { podLives: async () => true } });
  const rows: NewRow[] = [newRow("10.0.0.5", { holder: first }), newRow("10.0.0.6", { holder: later(), ...second })];
  for (const row of rows) {
    await node.journal.commit([{ kind: "import", row, version: "u/1", answeredMs: 1 }]);
    await world.until(node.ports.store.claim({ ...row, attempt: row.attempts[0] ?? "", reason: "" }));
  }
  if (!isAnswered) {
    const copy = node.journal.copy();
    const unanswered = [...copy.rows].map(([id, row]) =>
      row.attempts.includes("attempt-10.0.0.6")
        ? ([id, { ...row, answeredMs: undefined }] as const)
        : ([id, row] as const),
    );
    node.kill();
    node.replaceJournal({ ...copy, rows: new Map(unanswered) });
    await node.start();
  }
  world.pod("wb", "node-1");
  if (stands) node.namespaces.set("/run/netns/new", "1");
  await world.until(node.flow.sweep());
  await world.advance(1_000);
  expect((await node.rows()).some(({ attempts }) => attempts.includes("attempt-10.0.0.5"))).toBe(!freed);
});
