/**
 * Reading a state file beside the agent that writes it.
 *
 * @module
 */
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openInventory } from "../../../adapters/sqlite/open-inventory.ts";
import type { Inventory } from "../../../core/ports/inventory.ts";
import { formatAddress } from "../../../core/ip/address-text.ts";
import { address, claim, holder, newRow, place } from "../../support/samples.ts";
import { berthConfig, createWorld, type World } from "../../support/world.ts";
import { temporaryDirectory } from "../../support/state-file.ts";

let world: World;
let close: () => void;
beforeEach(() => {
  world = createWorld({ networks: ["blue", "red"] });
  close = () => undefined;
});
afterEach(() => {
  close();
  world.close();
});

/** A reader of its own, beside the agent that writes. */
function reader(): Inventory {
  const opened = openInventory(world.path);
  if (opened.kind !== "open") throw new Error(opened.kind);
  close = opened.close;
  return opened.inventory;
}

const texts = (inventory: Inventory, filter = {}) =>
  [...inventory.leases(filter)].map(({ place: at, state }) => `${at.network} ${formatAddress(at.address)} ${state}`);

describe("what is held", () => {
  test("comes in the order of networks and addresses, over many pages, each once", async () => {
    const { store } = world.ports;
    const numbers = Array.from({ length: 950 }, (_, index) => `10.${index % 2}.${index >> 8}.${index & 255}`);
    for (const network of ["red", "blue"])
      for (const text of numbers)
        await store.claim(claim(text, { place: place(text, { network }), attempt: `${network}${text}` }));
    const found = texts(reader());
    const value = (text: string) => address(text).value;
    const sorted = [...numbers].sort((a, b) => (value(a) < value(b) ? -1 : 1));
    expect(found).toEqual(["blue", "red"].flatMap((network) => sorted.map((text) => `${network} ${text} lease`)));
  });

  test("is read while the agent writes: no reader holds up the log, and what is new behind it is seen", async () => {
    const { store } = world.ports;
    for (let at = 0; at < 300; at += 1) await store.claim(claim(`10.0.${at >> 8}.${at & 255}`));
    const reading = reader().leases({})[Symbol.iterator]();
    reading.next();
    await store.claim(claim("10.0.9.9"));
    const rest: string[] = [];
    for (let next = reading.next(); next.done !== true; next = reading.next())
      rest.push(formatAddress(next.value.place.address));
    expect(rest).toHaveLength(300);
    expect(rest.at(-1)).toBe("10.0.9.9");
  });

  test("takes its state from the row that has its attempt, not from another of the same place", async () => {
    const { store, journal } = world.ports;
    const at = place("10.0.0.5");
    await journal.commit([{ kind: "intend", row: newRow("10.0.0.5", { attempts: ["old", "older"] }) }]);
    await journal.commit([{ kind: "free", id: 1, reason: "DEL", whileAttempt: "older" }]);
    await store.claim(claim("10.0.0.5", { place: at, attempt: "of-another" }));
    const records = [...reader().leases({})];
    expect(records.map(({ state, isHeld, isJournaled }) => ({ state, isHeld, isJournaled }))).toEqual([
      { state: "lease", isHeld: true, isJournaled: false },
      { state: "freeing", isHeld: false, isJournaled: true },
    ]);
  });

  test("is joined with what only the journal knows, in its place", async () => {
    await world.add();
    await world.add({ containerId: "c2" });
    const { journal } = world.ports;
    await journal.commit([{ kind: "intend", row: newRow("10.0.0.0", { attempts: ["x"] }) }]);
    await journal.commit([{ kind: "intend", row: newRow("10.0.0.4", { attempts: ["y"] }) }]);
    await journal.commit([
      { kind: "intend", row: newRow("10.0.0.9", { place: place("10.0.0.9", { network: "red" }), attempts: ["z"] }) },
    ]);
    expect(texts(reader())).toEqual([
      "blue 10.0.0.0 intent",
      "blue 10.0.0.1 lease",
      "blue 10.0.0.2 lease",
      "blue 10.0.0.4 intent",
      "red 10.0.0.9 intent",
    ]);
    const within = { family: 4, first: address("10.0.0.2").value, last: address("10.0.0.4").value };
    expect(texts(reader(), { network: "blue", within })).toEqual(["blue 10.0.0.2 lease", "blue 10.0.0.4 intent"]);
  });
});

describe("ranges", () => {
  test("count what others hold in the network, withheld ones, and nothing twice", async () => {
    const ranges = [{ range: "10.0.0.0/28", exclude: ["10.0.0.8-10.0.0.9"], gateway: "10.0.0.14" }];
    await world.add({ config: berthConfig({ ranges }) });
    await world.add({ containerId: "c2", config: berthConfig({ ranges: [{ range: "10.0.0.4/30" }] }, "small-net") });
    await world.flow.withhold({ network: "blue", address: address("10.0.0.12"), reason: "printer" });
    const excludedAndStatic = { ...place("10.0.0.8"), pool: "" };
    await world.ports.store.claim(claim("10.0.0.8", { place: excludedAndStatic, kind: "static", holder: holder() }));
    const [big, small] = reader().ranges();
    expect(big).toMatchObject({ definition: "blue-net", total: 14n, excluded: 3n, used: 3n, withheld: 1n, free: 8n });
    expect(big?.gateway).toEqual(address("10.0.0.14"));
    expect(small).toMatchObject({ definition: "small-net", total: 2n, excluded: 0n, used: 1n, withheld: 0n, free: 1n });
  });

  test("with overlapping ranges off count their own pool's leases, and what is held everywhere", async () => {
    const off = (range: string, name: string) =>
      berthConfig({ ranges: [{ range }], enable_overlapping_ranges: false }, name);
    await world.add({ config: off("10.0.0.0/29", "a-net") });
    await world.add({ containerId: "c2", config: off("10.0.0.0/28", "b-net") });
    await world.add({ containerId: "c3", config: off("10.0.0.0/28", "b-net") });
    await world.flow.withhold({ network: "blue", address: address("10.0.0.5"), reason: "printer" });
    const counts = reader()
      .ranges()
      .map(({ definition, used, withheld }) => ({ definition, used, withheld }));
    expect(counts).toEqual([
      { definition: "a-net", used: 2n, withheld: 1n },
      { definition: "b-net", used: 3n, withheld: 1n },
    ]);
  });
});

describe("a file that cannot be opened", () => {
  test("is told by kind", () => {
    const folder = temporaryDirectory();
    expect(openInventory(join(folder.path, "berth.db"))).toMatchObject({ kind: "absent" });
    expect(openInventory(join(folder.path, "berth.db", "below"))).toMatchObject({ kind: "absent" });
    expect(openInventory(folder.path)).toMatchObject({ kind: "fault" });
    folder.remove();
  });
});
