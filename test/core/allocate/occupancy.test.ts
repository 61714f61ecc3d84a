/**
 * Which addresses are free: stories on one range, edges, and large ranges.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { Occupancy } from "../../../core/allocate/occupancy.ts";
import { formatAddress } from "../../../core/ip/address-text.ts";
import { intervalsOf } from "../../../core/ip/interval-set.ts";
import { makeRange, type Range } from "../../../core/ip/range.ts";
import { scripted } from "../../support/arbitraries-ip.ts";
import { cidr, ip, rangeOf } from "../../support/ip-texts.ts";

const text = (range: Range, value: bigint | undefined): string | undefined =>
  value === undefined ? undefined : formatAddress({ ...range.first, value: value as Range["first"]["value"] });

describe("one range, step by step", () => {
  const range = rangeOf("10.0.0.0/28", { exclude: ["10.0.0.3"], gateways: ["10.0.0.1"] });
  const occupancy = new Occupancy(range);
  // 10.0.0.1 is the gateway, .3 excluded; .2 and .4 to .14 can be given.
  test.each([
    { does: "take", address: "10.0.0.2", answer: true, lowest: "10.0.0.4", free: 11n, taken: 1 },
    { does: "take", address: "10.0.0.2", answer: false, lowest: "10.0.0.4", free: 11n, taken: 1 },
    { does: "take", address: "10.0.0.1", answer: false, lowest: "10.0.0.4", free: 11n, taken: 1 },
    { does: "take", address: "10.0.0.3", answer: false, lowest: "10.0.0.4", free: 11n, taken: 1 },
    { does: "take", address: "10.0.0.0", answer: false, lowest: "10.0.0.4", free: 11n, taken: 1 },
    { does: "take", address: "10.0.0.15", answer: false, lowest: "10.0.0.4", free: 11n, taken: 1 },
    { does: "take", address: "10.0.0.14", answer: true, lowest: "10.0.0.4", free: 10n, taken: 2 },
    { does: "take", address: "10.0.0.4", answer: true, lowest: "10.0.0.5", free: 9n, taken: 3 },
    { does: "take", address: "10.0.0.6", answer: true, lowest: "10.0.0.5", free: 8n, taken: 4 },
    { does: "take", address: "10.0.0.5", answer: true, lowest: "10.0.0.7", free: 7n, taken: 5 },
    { does: "giveBack", address: "10.0.0.3", answer: false, lowest: "10.0.0.7", free: 7n, taken: 5 },
    { does: "giveBack", address: "10.0.0.1", answer: false, lowest: "10.0.0.7", free: 7n, taken: 5 },
    { does: "giveBack", address: "10.0.0.7", answer: false, lowest: "10.0.0.7", free: 7n, taken: 5 },
    { does: "giveBack", address: "10.0.0.0", answer: false, lowest: "10.0.0.7", free: 7n, taken: 5 },
    { does: "giveBack", address: "10.0.0.5", answer: true, lowest: "10.0.0.5", free: 8n, taken: 4 },
    { does: "giveBack", address: "10.0.0.5", answer: false, lowest: "10.0.0.5", free: 8n, taken: 4 },
    { does: "giveBack", address: "10.0.0.2", answer: true, lowest: "10.0.0.2", free: 9n, taken: 3 },
    { does: "giveBack", address: "10.0.0.14", answer: true, lowest: "10.0.0.2", free: 10n, taken: 2 },
  ])("$does $address: $answer", ({ does, address, answer, lowest, free, taken }) => {
    const { value } = ip(address);
    expect(does === "take" ? occupancy.take(value) : occupancy.giveBack(value)).toBe(answer);
    expect(text(range, occupancy.lowestFree())).toBe(lowest);
    expect([occupancy.freeCount(), occupancy.takenCount()]).toEqual([free, taken]);
  });
});

describe("the smallest ranges", () => {
  test.each([
    { network: "10.0.0.0/30", addresses: ["10.0.0.1", "10.0.0.2"] },
    { network: "10.0.0.0/31", addresses: ["10.0.0.0", "10.0.0.1"] },
    { network: "10.0.0.7/32", addresses: ["10.0.0.7"] },
    { network: "255.255.255.254/31", addresses: ["255.255.255.254", "255.255.255.255"] },
    { network: "0.0.0.0/31", addresses: ["0.0.0.0", "0.0.0.1"] },
    { network: "fd00::/126", addresses: ["fd00::1", "fd00::2"] },
    { network: "fd00::/127", addresses: ["fd00::", "fd00::1"] },
    { network: "fd00::7/128", addresses: ["fd00::7"] },
  ])("$network gives exactly $addresses", ({ network, addresses }) => {
    const range = rangeOf(network);
    const occupancy = new Occupancy(range);
    const given = addresses.map(() => {
      const lowest = occupancy.lowestFree();
      if (lowest !== undefined) occupancy.take(lowest);
      return text(range, lowest);
    });
    expect(given).toEqual(addresses);
    expect(occupancy.lowestFree()).toBeUndefined();
    expect(occupancy.randomFree(scripted([0n]))).toBeUndefined();
    expect(occupancy.freeCount()).toBe(0n);
  });
});

describe("randomFree()", () => {
  test("draws over the whole range, both ends included", () => {
    const range = rangeOf("10.0.0.0/24");
    const low = scripted([0n]);
    expect(text(range, new Occupancy(range).randomFree(low))).toBe("10.0.0.1");
    expect(low.asked).toEqual([254n]);
    expect(text(range, new Occupancy(range).randomFree(scripted([253n])))).toBe("10.0.0.254");
  });

  test("draws again when it meets one that is taken", () => {
    const range = rangeOf("10.0.0.0/24");
    const occupancy = new Occupancy(range);
    occupancy.take(ip("10.0.0.1").value);
    expect(text(range, occupancy.randomFree(scripted([0n, 0n, 7n])))).toBe("10.0.0.8");
  });

  test("counts through the free ones after sixteen draws in vain", () => {
    const range = rangeOf("10.0.0.0/24", { exclude: ["10.0.0.4-10.0.0.6"] });
    const occupancy = new Occupancy(range);
    occupancy.take(ip("10.0.0.1").value);
    const chance = scripted([...Array.from({ length: 16 }, () => 0n), 2n]);
    // Free are .2, .3, .7 and on: the third is .7.
    expect(text(range, occupancy.randomFree(chance))).toBe("10.0.0.7");
    expect(chance.asked).toEqual([...Array.from({ length: 16 }, () => 254n), 250n]);
  });
});

describe("large ranges", () => {
  test("a /8 with 5,000 exclusions", () => {
    const prefix = cidr("10.0.0.0/8");
    const excluded = intervalsOf(
      Array.from({ length: 5000 }, (_, index) => {
        const first = prefix.base + BigInt(index * 3000);
        return { first, last: first + 49n };
      }),
    );
    const made = makeRange({ prefix, excluded, gateways: [] });
    expect(made.kind).toBe("range");
    if (made.kind !== "range") return;
    const occupancy = new Occupancy(made.range);
    // The first exclusion begins at the network address, which cannot be given anyway.
    expect(occupancy.freeCount()).toBe(2n ** 24n - 2n - 5000n * 50n + 1n);
    expect(text(made.range, occupancy.lowestFree())).toBe("10.0.0.50");
    expect(occupancy.take(prefix.base + 3000n)).toBe(false);
    expect(occupancy.take(prefix.base + 3050n)).toBe(true);
  });

  test("60,000 leases in a /64, side by side, are held in one interval", () => {
    const range = rangeOf("fd00::/64");
    const occupancy = new Occupancy(range);
    const leases = Array.from({ length: 60_000 }, (_, index) => range.first.value + BigInt(index));
    expect(occupancy.takeAll(leases)).toBe(60_000);
    expect(text(range, occupancy.lowestFree())).toBe("fd00::ea61");
    expect(occupancy.freeCount()).toBe(2n ** 64n - 2n - 60_000n);
    expect(occupancy.intervalCount()).toBe(1);
  });

  test("60,000 scattered leases are found taken, and given back leave nothing", () => {
    const range = rangeOf("10.0.0.0/8");
    const occupancy = new Occupancy(range);
    const leases = Array.from({ length: 60_000 }, (_, index) => range.first.value + BigInt(index * 251));
    expect(occupancy.takeAll(leases)).toBe(60_000);
    expect(occupancy.takeAll(leases)).toBe(0);
    expect(occupancy.intervalCount()).toBe(60_000);
    expect(leases.filter((value) => occupancy.take(value))).toEqual([]);
    expect(leases.filter((value) => !occupancy.giveBack(value))).toEqual([]);
    expect([occupancy.intervalCount(), occupancy.takenCount()]).toEqual([0, 0]);
  });
});

describe("takeAll()", () => {
  test("takes any order, counts repeats once, and passes over what is not free", () => {
    const range = rangeOf("10.0.0.0/28", { exclude: ["10.0.0.5"] });
    const occupancy = new Occupancy(range);
    occupancy.take(ip("10.0.0.2").value);
    const many = ["10.0.0.9", "10.0.0.2", "10.0.0.4", "10.0.0.5", "10.0.0.9", "10.0.0.0", "10.0.0.99"];
    expect(occupancy.takeAll(many.map((one) => ip(one).value))).toBe(2);
    expect([occupancy.takenCount(), occupancy.freeCount()]).toEqual([3, 10n]);
    expect(occupancy.giveBack(ip("10.0.0.9").value)).toBe(true);
    expect(occupancy.giveBack(ip("10.0.0.5").value)).toBe(false);
  });

  test("does not share its memory with the range", () => {
    const range = rangeOf("10.0.0.0/28", { exclude: ["10.0.0.5"] });
    new Occupancy(range).take(ip("10.0.0.6").value);
    expect(new Occupancy(range).freeCount()).toBe(13n);
    expect(range.excluded).toEqual(rangeOf("10.0.0.0/28", { exclude: ["10.0.0.5"] }).excluded);
  });
});
