/**
 * What CHECK says of a lease's proof in a cluster (P15).
 *
 * @module
 */
import { expect, test } from "vitest";
import { proofFault } from "../../../core/flow/proof-fault.ts";
import type { EntrySight, Reservation } from "../../../core/ports/cluster.ts";
import { claim, holder } from "../../support/samples.ts";
import { createKeeperStage } from "../../support/keeper-stage.ts";
import { given } from "../../support/world.ts";

type Seen = { standing: Reservation | undefined; sights: readonly EntrySight[] };

/** A lease, and what the cluster says of it. */
async function stage() {
  const seen: Seen = { standing: undefined, sights: [{ kind: "ours" }] };
  const made = await createKeeperStage("present", {
    cluster: { look: async () => seen.standing, entries: async () => seen.sights },
  });
  given(await made.world.until(made.node.add("c1")));
  seen.standing = made.world.standing().get("blue-10.0.0.1");
  return { ...made, seen, fault: async () => proofFault(made.needs.ports, await made.row()) };
}

const other = claim("10.0.0.1", { attempt: "other", holder: holder({ node: "node-2" }) });

test.for<{ name: string; change: (standing: Reservation) => Reservation | undefined; says: string | undefined }>([
  { name: "stands: nothing is said", change: (one) => one, says: undefined },
  { name: "is gone", change: () => undefined, says: "nobody holds it" },
  {
    name: "is another's",
    change: (one) => ({ ...one, attempt: "other", holder: holder({ node: "node-2" }) }),
    says: "pod default/web-0 on node node-2 holds it",
  },
  {
    name: "is Whereabouts' by now",
    change: (one) => ({ ...one, attempt: "", holder: holder({ node: "" }) }),
    says: "pod default/web-0 on node unknown holds it",
  },
  {
    name: "is withheld",
    change: (one) => ({ ...one, attempt: "w", holder: undefined, reason: "printer" }),
    says: "it is withheld: printer",
  },
  {
    name: "is contested",
    change: (one) => ({ ...one, contested: other }),
    says: "pod default/web-0 on node node-2 lives on it, too",
  },
])("a lease whose reservation $name", async ({ change, says }) => {
  const { seen, fault } = await stage();
  if (seen.standing === undefined) throw new Error("nothing stands");
  seen.standing = change(seen.standing);
  expect(await fault()).toBe(says);
});

test.for<{ name: string; sights: readonly EntrySight[]; says: string | undefined }>([
  {
    name: "is missing",
    sights: [{ kind: "missing" }],
    says: "its entry in the pool is missing: Whereabouts may give it",
  },
  {
    name: "is another's",
    sights: [{ kind: "other", by: "pod default/wb" }],
    says: "the pool's entry names pod default/wb",
  },
  { name: "is its earlier sandbox's: nothing is said", sights: [{ kind: "old", was: other }], says: undefined },
  { name: "is not asked after: nothing is said", sights: [], says: undefined },
])("a lease whose entry $name", async ({ sights, says }) => {
  const { seen, fault } = await stage();
  seen.sights = sights;
  expect(await fault()).toBe(says);
});

test("an entry that cannot be read is no entry that fits", async () => {
  const { seen, fault } = await stage();
  seen.sights = [{ kind: "unknown", reason: "away" }];
  await expect(fault()).rejects.toThrow("away");
});

test("a conflict that is on record is said, whatever stands", async () => {
  const { node, row, fault } = await stage();
  const { id, attempts } = await row();
  await node.journal.commit([{ kind: "conflict", id, with: "pod default/wb", whileAttempt: attempts.at(-1) ?? "" }]);
  expect(await fault()).toBe("it is held by pod default/wb, too");
});
