/**
 * Whether what stands under this node's name was written by another agent that lives beside this one (P14).
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { formatOpened, isStranger, type Opened, parseOpened } from "../../../core/flow/opened.ts";
import type { Reservation } from "../../../core/ports/cluster.ts";
import { claim, holder, started } from "../../support/samples.ts";

const opened: Opened = { revision: 100n, atMs: 5_000, boot: started(1_000) };

function reservation(changes: Partial<Reservation> = {}): Reservation {
  const marks = { name: "blue-10.0.0.5", uid: "u", isLabelled: true, twinOf: "", version: "u/101" };
  return {
    ...claim("10.0.0.5", { sinceMs: 6_000, holder: holder({ started: started(2_000) }) }),
    ...marks,
    journal: "another",
    revision: 101n,
    ...changes,
  };
}

test("when a journal was opened is the same after it was noted, whatever the boot is called", () => {
  for (const boot of [started(7), started(0, "a b 1"), started(1n << 62n, "")]) {
    const one = { revision: -1n, atMs: 1_700_000_000_000, boot };
    expect(parseOpened(formatOpened(one))).toEqual(one);
  }
});

test.each([undefined, "", "100", "100 5 x boot", "x 5 5 boot"])("%s is no such note", (note) => {
  expect(parseOpened(note)).toBeUndefined();
});

describe("a reservation of another journal under this node's name", () => {
  const ofNobody = { kind: "withheld", holder: undefined } as const;
  test.each<{ name: string; changes: Partial<Reservation>; is: boolean }>([
    { name: "begun in this boot after this journal was opened is a stranger's", changes: {}, is: true },
    { name: "begun before it, and landed late, is this machine's own", changes: at(999), is: false },
    { name: "begun at that moment is a stranger's", changes: at(1_000), is: true },
    { name: "of another boot, from later on, is a stranger's", changes: { ...at(1, "boot-2") }, is: true },
    {
      name: "of another boot, from before, is this machine's own",
      changes: { ...at(1, "boot-2"), sinceMs: 4_999 },
      is: false,
    },
    { name: "of nobody, from later on, is a stranger's", changes: ofNobody, is: true },
    { name: "of nobody, from before, is this machine's own", changes: { ...ofNobody, sinceMs: 4_999 }, is: false },
    { name: "that stood when this journal was opened is this machine's own", changes: { revision: 100n }, is: false },
  ])("$name", ({ changes, is }) => {
    expect(isStranger({ journal: "mine", opened }, reservation(changes))).toBe(is);
  });

  test("is not told of before this journal has read the store once", () => {
    expect(isStranger({ journal: "mine", opened: undefined }, reservation())).toBe(false);
  });

  test("is none when this journal wrote it, or none did", () => {
    for (const journal of ["mine", ""])
      expect(isStranger({ journal: "mine", opened }, reservation({ journal }))).toBe(false);
  });
});

function at(bootNs: number, bootId?: string): Partial<Reservation> {
  return { holder: holder({ started: started(bootNs, bootId) }) };
}
