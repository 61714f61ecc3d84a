/**
 * Which columns of a table are kept when there is no room for all.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { type ColumnShape, fitColumns } from "../../../cli/terminal/fit-columns.ts";

const columns: readonly ColumnShape[] = [
  { title: "A", rank: 0 },
  { title: "B", rank: 2 },
  { title: "LONG", rank: 0, shrinksTo: 2 },
  { title: "D", rank: 1 },
];
const widths = [5, 5, 20, 5];

describe("the columns of a table", () => {
  test.for([
    {
      name: "all at full width when nothing limits them",
      room: undefined,
      shown: [
        [0, 5],
        [1, 5],
        [2, 20],
        [3, 5],
      ],
      leftOut: [],
    },
    {
      name: "all at full width when they just fit",
      room: 41,
      shown: [
        [0, 5],
        [1, 5],
        [2, 20],
        [3, 5],
      ],
      leftOut: [],
    },
    {
      name: "shortened where that is enough",
      room: 40,
      shown: [
        [0, 5],
        [1, 5],
        [2, 19],
        [3, 5],
      ],
      leftOut: [],
    },
    {
      name: "shortened to their titles at least",
      room: 25,
      shown: [
        [0, 5],
        [1, 5],
        [2, 4],
        [3, 5],
      ],
      leftOut: [],
    },
    {
      name: "without the least important",
      room: 24,
      shown: [
        [0, 5],
        [2, 10],
        [3, 5],
      ],
      leftOut: ["B"],
    },
    {
      name: "without the next",
      room: 17,
      shown: [
        [0, 5],
        [2, 10],
      ],
      leftOut: ["B", "D"],
    },
  ])("are $name", ({ room, shown, leftOut }) => {
    const fit = fitColumns(columns, widths, room);
    const fitted = shown.map(([index, width]) => ({ index, width }));
    expect(fit).toEqual({ kind: "table", columns: fitted, leftOut });
  });

  test("are put one under the other when even the important ones do not fit", () => {
    expect(fitColumns(columns, widths, 10)).toEqual({ kind: "stack" });
  });
});
