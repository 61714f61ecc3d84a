/**
 * What an API server makes of the patches of pool entries: each is carried out whole where its tests hold, and otherwise not.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import type { KubeApi, KubeObject } from "../../core/ports/kube-api.ts";
import { addSteps, isOutrun, removeSteps, replaceSteps } from "../../core/kube/pool-entries-patch.ts";
import { type PoolEntries, type PoolEntry, readEntries } from "../../core/kube/pool-entries.ts";
import { pools } from "../../core/kube/resources.ts";
import type { Json, PatchStep } from "../../core/ports/json-patch.ts";

export type PoolServer = { readonly api: KubeApi; readonly namespace: string };

const entry = (key: string, changes: Partial<PoolEntry> = {}): PoolEntry => ({
  key,
  id: `c${key}`,
  podref: "default/web-0",
  ifname: "net1",
  ...changes,
});
/** As old versions of Whereabouts wrote it. */
const bare: PoolEntry = { key: "9", id: "c9", podref: "default/old" };
const value = ({ id, podref, ifname }: PoolEntry): Json =>
  ifname === undefined ? { id, podref } : { id, podref, ifname };

export function poolEntriesCases(name: string, create: () => Promise<PoolServer>): void {
  let made = 0;

  /** A pool of its own with these entries. */
  async function poolWith(...entries: readonly PoolEntry[]) {
    const { api, namespace } = await create();
    made += 1;
    const at = { resource: pools, namespace, name: `entries-${made}-10.0.0.0-24` };
    const allocations = Object.fromEntries(entries.map((one) => [one.key, value(one)]));
    const spec = { range: "2001:db8::/48", allocations };
    const object = { apiVersion: `${pools.group}/${pools.version}`, kind: pools.kind, metadata: at, spec };
    const answer = await api.create(pools, { ...object, metadata: { name: at.name, namespace } });
    if (answer.kind !== "object") throw new Error(JSON.stringify(answer));
    const readObject = async (): Promise<KubeObject> => {
      const found = await api.read(at);
      if (found.kind !== "object") throw new Error(found.kind);
      return found.object;
    };
    const read = async (): Promise<PoolEntries> => {
      const entriesRead = readEntries(await readObject());
      if (entriesRead.kind !== "entries") throw new Error(entriesRead.fault);
      return entriesRead;
    };
    return {
      object: readObject,
      read,
      all: async () => [...(await read()).entries.values()],
      patch: (steps: readonly PatchStep[]) => api.patch(at, steps),
    };
  }

  async function expectOutrun(answer: Awaited<ReturnType<KubeApi["patch"]>>): Promise<void> {
    expect(answer.kind).toBe("refused");
    expect(answer.kind === "refused" && isOutrun(answer)).toBe(true);
  }

  describe(`entries of a pool on ${name}`, () => {
    test("are added where their keys are free, also beyond 2^63", async () => {
      const pool = await poolWith(bare);
      const added = [entry("5"), entry("9223372036854775808")];
      expect(await pool.patch(addSteps(await pool.read(), added))).toMatchObject({ kind: "object" });
      expect(await pool.all()).toEqual([entry("5"), bare, entry("9223372036854775808")]);
    });

    test("are not added where one of the keys is taken: none of them", async () => {
      const pool = await poolWith(entry("6"));
      await expectOutrun(await pool.patch(addSteps(await pool.read(), [entry("5"), entry("6", { id: "other" })])));
      expect(await pool.all()).toEqual([entry("6")]);
    });

    test("are removed where they are still as they were read, those of old versions too", async () => {
      const pool = await poolWith(entry("5"), bare, entry("6"));
      expect(await pool.patch(removeSteps([entry("5"), bare]))).toMatchObject({ kind: "object" });
      expect(await pool.all()).toEqual([entry("6")]);
    });

    const changed: { name: string; judged: PoolEntry }[] = [
      { name: "by another id", judged: entry("5", { id: "before" }) },
      { name: "by another pod", judged: entry("5", { podref: "default/before" }) },
      { name: "by another interface", judged: entry("5", { ifname: "net0" }) },
      { name: "by the interface that was not there", judged: { key: "5", id: "c5", podref: "default/web-0" } },
      { name: "and are gone", judged: entry("7") },
    ];
    test.each(changed)("are neither removed nor handed over when they have changed $name", async ({ judged }) => {
      const pool = await poolWith(entry("5"));
      await expectOutrun(await pool.patch(removeSteps([judged])));
      await expectOutrun(await pool.patch(replaceSteps(judged, entry("5", { id: "next" }))));
      expect(await pool.all()).toEqual([entry("5")]);
    });

    test("are handed over under the same key", async () => {
      const pool = await poolWith(bare);
      expect(await pool.patch(replaceSteps(bare, entry("9")))).toMatchObject({ kind: "object" });
      expect(await pool.all()).toEqual([entry("9")]);
    });

    test("leave alone what is no entry", async () => {
      const pool = await poolWith(entry("06"), entry("abc"));
      await pool.patch(addSteps(await pool.read(), [entry("5")]));
      await pool.patch(removeSteps([entry("5")]));
      expect((await pool.read()).aliens.map(({ key }) => key).sort()).toEqual(["06", "abc"]);
    });

    test("leave no notes of who wrote which key", async () => {
      const pool = await poolWith();
      for (const key of ["5", "6", "7"]) await pool.patch(addSteps(await pool.read(), [entry(key)]));
      expect(JSON.stringify((await pool.object()).metadata)).not.toContain("f:allocations");
    });
  });
}
