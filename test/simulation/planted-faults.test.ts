/**
 * The planted faults still fit the source: `npm run simulate -- --faults` shows that they are found.
 *
 * @module
 */
import { expect, test } from "vitest";
import { fits } from "./plant.ts";
import { plantedFaults } from "./planted-faults.ts";

test.for(plantedFaults.map((fault) => ({ ...fault })))("$name changes what stands in the source once", ({ edits }) => {
  expect(edits.filter((edit) => !fits(edit))).toEqual([]);
});
