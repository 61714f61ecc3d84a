/**
 * Removes the entries of pools that Whereabouts writes no more, in patches of bounded size, each with a test of every value it
 * removes.
 *
 * @module
 */
import { type PoolEntries, type PoolEntry, readEntries } from "../kube/pool-entries.ts";
import { isOutrun, removeSteps } from "../kube/pool-entries-patch.ts";
import { pools } from "../kube/resources.ts";
import type { ObjectName } from "../ports/kube-api.ts";
import { type EntrySight, eachEntry, type Ledger } from "./ledger.ts";
import { readRecord } from "./mode-record.ts";
import { ask, type MigrateNeeds, type Unreachable } from "./needs.ts";
import { type PoolSight, poolWord } from "../kube/pool-sight.ts";
import type { NotDone, Watch } from "./progress.ts";

export type Removed = {
  readonly kind: "removed";
  readonly entries: number;
  /** Written anew since they were judged: they stay. */
  readonly changed: readonly EntrySight[];
};

/** Only those that `ledger` has, as it has them. */
export async function removeEntries(needs: MigrateNeeds, ledger: Ledger, watch: Watch): Promise<Removed | NotDone> {
  const all = [...eachEntry(ledger.pools)];
  const byPool = Map.groupBy(all, ({ pool }) => pool);
  let [left, removed] = [all.length, 0];
  const changed: EntrySight[] = [];
  for (const [pool, sights] of byPool) {
    for (let at = 0; at < sights.length; at += needs.limits.patchMax) {
      const some = sights.slice(at, at + needs.limits.patchMax);
      const stopped = await mayGoOn(needs, watch);
      if (stopped !== undefined) return stopped;
      const startNs = needs.clock.bootNs();
      const answer = await removeSome(needs, pool, some);
      if (answer.kind === "unreachable") return answer;
      removed += some.length - answer.changed.length;
      changed.push(...answer.changed);
      left -= some.length;
      await watch.say({ kind: "removed", entries: some.length - answer.changed.length, pool: pool.name, left });
      // Half of the API server's time is for others.
      await needs.clock.wait(Number(needs.clock.bootNs() - startNs) / 1e6);
    }
  }
  return { kind: "removed", entries: removed, changed };
}

/** Somebody may be on the way back already: then every entry counts again. */
async function mayGoOn(needs: MigrateNeeds, { signal }: Watch): Promise<NotDone | undefined> {
  if (signal.aborted) return { kind: "interrupted" };
  const read = await readRecord(needs);
  if (read.kind === "unreachable") return read;
  return read.record.mode === "absent" ? undefined : { kind: "overtaken", mode: read.record.mode };
}

type Some = { readonly kind: "done"; readonly changed: readonly EntrySight[] } | Unreachable;

async function removeSome(needs: MigrateNeeds, pool: PoolSight, wanted: readonly EntrySight[]): Promise<Some> {
  const name: ObjectName = { resource: pools, namespace: pool.namespace, name: pool.name };
  let standing = wanted;
  const changed: EntrySight[] = [];
  for (let tried = 1; standing.length > 0; tried += 1) {
    const steps = removeSteps(standing.map(({ entry }) => entry));
    const answer = await needs.api.patch(name, steps);
    if (answer.kind === "object" || answer.kind === "absent") break;
    const isSettled = answer.kind === "refused" && !isOutrun(answer);
    if (isSettled || tried >= needs.limits.tries) return { kind: "unreachable", what: poolWord(pool), answer };
    if (answer.kind === "unknown") await needs.clock.wait(needs.limits.retryMs);
    const found = await ask(needs, () => needs.api.read(name));
    if (found.kind === "absent") break;
    if (found.kind !== "object") return { kind: "unreachable", what: poolWord(pool), answer: found };
    const now = readEntries(found.object);
    if (now.kind === "unreadable") return { kind: "done", changed: [...changed, ...standing] };
    // The same key may stand for another address now: an address is looked at.
    changed.push(...standing.filter((one) => isOther(now, one)));
    standing = standing.filter((one) => isSame(now, one));
  }
  return { kind: "done", changed };
}

function isSame(now: PoolEntries, { address, entry }: EntrySight): boolean {
  const found = now.entries.get(address.value);
  return found !== undefined && sameEntry(found, entry);
}

function isOther(now: PoolEntries, { address, entry }: EntrySight): boolean {
  const found = now.entries.get(address.value);
  return found === undefined ? now.taken.has(address.value) : !sameEntry(found, entry);
}

function sameEntry(a: PoolEntry, b: PoolEntry): boolean {
  return a.key === b.key && a.id === b.id && a.podref === b.podref && a.ifname === b.ifname;
}
