/**
 * A table of any length takes the memory of a few rows.
 *
 * @module
 */
import { expect, test } from "vitest";
import { printTable } from "../../../cli/terminal/table.ts";

test("a table reads its rows twice, keeps none, and waits for a slow reader", async () => {
  let begun = 0;
  let behind = 0;
  let written = 0;
  let farthest = 0;
  function* rows() {
    begun += 1;
    for (let at = 0; at < 5_000; at += 1) {
      behind = at - written;
      if (begun === 2) farthest = Math.max(farthest, behind);
      yield at;
    }
  }
  const terminal = {
    columns: undefined,
    hasColours: false,
    canAsk: false,
    write: async (text: string) => {
      await new Promise((resolve) => setImmediate(resolve));
      written += text.split("\n").length - 1;
    },
    tell: async () => undefined,
    ask: async () => undefined,
  };
  const count = await printTable(terminal, [{ title: "ROW", rank: 0, text: (at: number) => `row ${at}` }], rows);
  expect(count).toBe(5_000);
  expect(begun).toBe(2);
  expect(written).toBe(5_001);
  expect(farthest).toBeLessThan(2_500);
});
