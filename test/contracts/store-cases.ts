/**
 * What every store must do, as cases for whichever store is given.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import type { Claim, Held, Place, Store } from "../../core/ports/store.ts";
import { address, attachment, claim, holder, place } from "../support/samples.ts";

export type StoreCase = {
  readonly name: string;
  /** An empty one. */
  readonly create: () => Promise<Store>;
  /** Whether a pool that holds nothing may be opened with the other setting of overlapping ranges. */
  readonly changesSetting: boolean;
};

export function describeStore({ name, create, changesSetting }: StoreCase): void {
  describe(`a store: ${name}`, () => cases(create, changesSetting));
}

function cases(create: StoreCase["create"], changesSetting: boolean): void {
  async function hold(store: Store, ...claims: Parameters<typeof claim>[]): Promise<Held[]> {
    const made = [];
    for (const [text, changes] of claims) {
      const asked = claim(text, changes);
      const answer = await store.claim(asked);
      expect(answer).toMatchObject({ kind: "held" });
      made.push({ ...asked, version: answer.kind === "held" ? answer.version : "" });
    }
    return made;
  }

  async function openFor(store: Store, { place: { network, pool, overlapping }, kind }: Claim): Promise<void> {
    if (kind !== "dynamic") return;
    const range = { pool, first: address("10.0.0.1"), last: address("10.0.0.254"), excluded: [] };
    const definition = overlapping ? "on" : "off";
    expect(await store.open({ network, definition, overlapping, ranges: [range], atMs: 1 })).toEqual({ kind: "open" });
  }

  test("holds a free address and shows who holds it", async () => {
    const store = await create();
    const [held] = await hold(store, ["10.0.0.5"]);
    expect(await store.look(place("10.0.0.5"))).toMatchObject({ ...held });
    expect(await store.look(place("10.0.0.6"))).toBeUndefined();
  });

  test("answers a repeated claim of one attempt as held, with the same version", async () => {
    const store = await create();
    const [held] = await hold(store, ["10.0.0.5"]);
    expect(await store.claim(claim("10.0.0.5"), true)).toEqual({ kind: "held", version: held?.version });
  });

  test("refuses an address that another attempt holds, also one of the same container, and says who has it", async () => {
    const store = await create();
    const [held] = await hold(store, ["10.0.0.5"]);
    const answer = await store.claim(claim("10.0.0.5", { attempt: "other" }), true);
    expect(answer).toMatchObject({ kind: "taken", by: held });
  });

  const exclusions: {
    name: string;
    first: Parameters<typeof claim>[1];
    second: Parameters<typeof claim>[1];
    taken: boolean;
  }[] = [
    {
      name: "two pools of one network",
      first: {},
      second: { place: place("10.0.0.5", { pool: "10.0.0.0/16" }) },
      taken: true,
    },
    { name: "two networks", first: {}, second: { place: place("10.0.0.5", { network: "red" }) }, taken: false },
    {
      name: "an unnamed network and a named one",
      first: {},
      second: { place: place("10.0.0.5", { network: "" }) },
      taken: false,
    },
    {
      name: "two pools with overlapping ranges off",
      first: { place: place("10.0.0.5", { overlapping: false }) },
      second: { place: place("10.0.0.5", { overlapping: false, pool: "10.0.0.0/16" }) },
      taken: false,
    },
    {
      name: "one pool with overlapping ranges off",
      first: { place: place("10.0.0.5", { overlapping: false }) },
      second: { place: place("10.0.0.5", { overlapping: false }) },
      taken: true,
    },
    {
      name: "a static address and a pool with overlapping ranges off",
      first: { kind: "static", place: place("10.0.0.5", { pool: "" }) },
      second: { place: place("10.0.0.5", { overlapping: false }) },
      taken: true,
    },
    {
      name: "a pool with overlapping ranges off and a withheld address",
      first: { place: place("10.0.0.5", { overlapping: false }) },
      second: { kind: "withheld", place: place("10.0.0.5", { pool: "" }), holder: undefined, reason: "printer" },
      taken: true,
    },
    {
      name: "an IPv4 address and the IPv6 address of the same number",
      first: { place: place("0.0.0.5") },
      second: { place: place("::5") },
      taken: false,
    },
  ];
  test.each(exclusions)("between $name: taken is $taken", async ({ first, second, taken }) => {
    const store = await create();
    await openFor(store, claim("10.0.0.5", first));
    await hold(store, ["10.0.0.5", { ...first, attempt: "first" }]);
    const asked = claim("10.0.0.5", { ...second, attempt: "second" });
    await openFor(store, asked);
    expect(await store.claim(asked)).toMatchObject({ kind: taken ? "taken" : "held" });
  });

  test("removes only what was judged", async () => {
    const store = await create();
    const [held] = await hold(store, ["10.0.0.5"]);
    if (held === undefined) throw new Error("nothing is held");
    expect(await store.release({ ...held, version: "another" })).toMatchObject({ kind: "changed", now: held });
    expect(await store.release(held)).toEqual({ kind: "freed" });
    expect(await store.release(held)).toEqual({ kind: "freed" });
    expect(await store.look(held.place)).toBeUndefined();
  });

  test("never lets a version that was judged stand for a later holder", async () => {
    const store = await create();
    const [first] = await hold(store, ["10.0.0.5", { attempt: "first" }]);
    if (first === undefined) throw new Error("nothing is held");
    await store.release(first);
    const [second] = await hold(store, ["10.0.0.5", { attempt: "second" }]);
    expect(await store.release(first)).toMatchObject({ kind: "changed", now: { ...second } });
  });

  test("renews what is held for a new sandbox, and only where the judged version stands", async () => {
    const store = await create();
    const [held] = await hold(store, ["10.0.0.5"]);
    if (held === undefined) throw new Error("nothing is held");
    const next = claim("10.0.0.5", {
      attempt: "next",
      holder: holder({ attachment: attachment({ containerId: "c2" }) }),
    });
    const renewed = await store.renew(held, next);
    expect(renewed).toMatchObject({ kind: "held" });
    expect(await store.look(held.place)).toMatchObject({
      attempt: "next",
      holder: { attachment: { containerId: "c2" } },
    });
    expect(await store.renew(held, { ...next, attempt: "late" })).toMatchObject({
      kind: "lost",
      now: { attempt: "next" },
    });
    expect(await store.release(held)).toMatchObject({ kind: "changed" });
  });

  test("renews again under the same attempt, because its first answer may have been lost", async () => {
    const store = await create();
    const [held] = await hold(store, ["10.0.0.5"]);
    if (held === undefined) throw new Error("nothing is held");
    const next = claim("10.0.0.5", { attempt: "next" });
    await store.renew(held, next);
    expect(await store.renew(held, next)).toMatchObject({ kind: "held" });
  });

  test("renews nothing that has gone", async () => {
    const store = await create();
    const held = { ...claim("10.0.0.5"), version: "1" };
    expect(await store.renew(held, claim("10.0.0.5", { attempt: "next" }))).toEqual({ kind: "lost", now: undefined });
  });

  test("pages through what keeps a pool from giving, each once", async () => {
    const store = await create();
    await hold(
      store,
      ["fd00::2"],
      ["10.0.0.9"],
      ["10.0.0.10"],
      ["10.0.0.1", { kind: "static", place: place("10.0.0.1", { pool: "" }) }],
    );
    await hold(
      store,
      ["10.0.0.3", { place: place("10.0.0.3", { network: "red" }) }],
      ["10.0.0.4", { place: place("10.0.0.4", { overlapping: false }) }],
    );
    expect(await pages(store, { network: "blue", pool: "10.0.0.0/24", overlapping: true })).toEqual(
      ["10.0.0.1", "10.0.0.9", "10.0.0.10", "fd00::2"].map(address),
    );
    expect(await pages(store, { network: "blue", pool: "10.0.0.0/24", overlapping: false })).toEqual(
      ["10.0.0.1", "10.0.0.4"].map(address),
    );
  });

  async function pages(store: Store, query: Omit<Place, "address">) {
    const found = [];
    let cursor: string | undefined;
    do {
      const page = await store.page(query, cursor);
      found.push(...page.rows.map((row) => row.place.address));
      cursor = page.next;
    } while (cursor !== undefined);
    return found.sort((a, b) => a.family - b.family || (a.value < b.value ? -1 : 1));
  }

  test("refuses a definition that sets overlapping ranges otherwise while the pool holds addresses", async () => {
    const store = await create();
    const range = { pool: "10.0.0.0/24", first: address("10.0.0.1"), last: address("10.0.0.254"), excluded: [] };
    const serving = { network: "blue", definition: "a", overlapping: true, ranges: [range], atMs: 1 };
    expect(await store.open(serving)).toEqual({ kind: "open" });
    const [held] = await hold(store, ["10.0.0.5"]);
    expect(await store.open({ ...serving, definition: "b", overlapping: false })).toEqual({
      kind: "disagrees",
      definition: "a",
      pool: "10.0.0.0/24",
    });
    expect(await store.open({ ...serving, definition: "b" })).toEqual({ kind: "open" });
    if (held !== undefined) await store.release(held);
    expect((await store.open({ ...serving, definition: "b", overlapping: false })).kind).toBe(
      changesSetting ? "open" : "disagrees",
    );
  });

  test("refuses a claim in the other scope than the pool was opened with last, and gives no address twice", async () => {
    const store = await create();
    const range = { pool: "10.0.0.0/24", first: address("10.0.0.1"), last: address("10.0.0.254"), excluded: [] };
    const serving = { network: "blue", definition: "on", overlapping: true, ranges: [range], atMs: 1 };
    await store.open(serving);
    const [held] = await hold(store, ["10.0.0.5"]);
    if (held !== undefined) await store.release(held);
    const switched = await store.open({ ...serving, definition: "off", overlapping: false });
    if (!changesSetting) return expect(switched).toMatchObject({ kind: "disagrees", definition: "on" });
    await hold(store, ["10.0.0.5", { place: place("10.0.0.5", { overlapping: false }), attempt: "off" }]);
    expect(await store.claim(claim("10.0.0.5", { attempt: "on" }))).toEqual({ kind: "disagrees", definition: "off" });
  });
}
