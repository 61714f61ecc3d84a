/**
 * What the journal of this node's agent adds to what the cluster shows.
 *
 * @module
 */
import { afterEach, expect, test } from "vitest";
import type { LeaseRecord, OpenedInventory } from "../../../core/ports/inventory.ts";
import { claim, place } from "../../support/samples.ts";
import { type ClusterDesk, createClusterDesk, podOf } from "../cluster-desk.ts";

let desk: ClusterDesk;
afterEach(() => desk.close());

function row(text: string, changes: Partial<LeaseRecord> = {}): LeaseRecord {
  const { attempt, kind, sinceMs } = claim(text);
  const base = { place: place(text), attempt, kind, sinceMs, holder: podOf(text), reason: "" };
  return { ...base, state: "lease", answeredMs: 1_700_000_001_000, isHeld: false, isJournaled: true, ...changes };
}

function journal(rows: readonly LeaseRecord[], store: "embedded" | "kubernetes" = "kubernetes"): OpenedInventory {
  const inventory = { ranges: () => [], leases: () => rows, resting: () => [] };
  return { kind: "open", store, inventory, close: () => undefined };
}

async function states(rows: readonly LeaseRecord[], store?: "embedded"): Promise<Record<string, string>> {
  desk = createClusterDesk();
  desk.mode("absent");
  desk.nad("blue", { range: "10.0.0.0/24" });
  for (const text of ["10.0.0.2", "10.0.0.3"]) desk.lease(text);
  const sitting = desk.with({ opened: journal(rows, store) });
  const { out } = await sitting.berthctl("--kubeconfig", "/k", "leases", "--json");
  const { leases } = JSON.parse(out) as { leases: { address: string; state: string; answered: string | null }[] };
  return Object.fromEntries(leases.map(({ address, state, answered }) => [address, `${state} ${answered ?? "-"}`]));
}

test("says when an ADD was answered, what is on its way back, and what an ADD asks for", async () => {
  const freeing = row("10.0.0.3", { state: "freeing", reason: "a DEL came" });
  const intent = row("10.0.0.4", { state: "intent", answeredMs: undefined });
  expect(await states([row("10.0.0.2"), freeing, intent])).toEqual({
    "10.0.0.2": "lease 2023-11-14T22:13:21Z",
    "10.0.0.3": "freeing 2023-11-14T22:13:21Z",
    "10.0.0.4": "intent -",
  });
});

test("shows a lease whose address another holds beside the other's, and counts the address once", async () => {
  const lost = row("10.0.0.3", { attempt: "older", holder: podOf("lost"), state: "conflict", reason: "pod default/x" });
  desk = createClusterDesk();
  desk.mode("absent");
  desk.nad("blue", { range: "10.0.0.0/24" });
  desk.lease("10.0.0.3");
  const { out } = await desk.with({ opened: journal([lost]) }).berthctl("--kubeconfig", "/k", "leases");
  expect(out).toMatch(/^10\.0\.0\.3 .*default\/pod-10\.0\.0\.3 .* lease$/m);
  expect(out).toMatch(/^10\.0\.0\.3 .*default\/pod-lost .* conflict$/m);
  expect(out).toMatch(/^blue +default\/blue +10\.0\.0\.0\/24 +1 /m);
});

test("knows a lease that is being renewed by its container", async () => {
  expect(await states([row("10.0.0.2", { attempt: "newer" })])).toMatchObject({
    "10.0.0.2": "lease 2023-11-14T22:13:21Z",
  });
});

test("takes nothing from the state file of an embedded store", async () => {
  expect(await states([row("10.0.0.2"), row("10.0.0.9")], "embedded")).toEqual({
    "10.0.0.2": "lease -",
    "10.0.0.3": "lease -",
  });
});
