/**
 * The simulation finds each planted fault, in about as many seeds as it is said to.
 *
 * @module
 */
import { expect, test } from "vitest";
import { findFault } from "./find-fault.ts";
import { plantedFaults } from "./planted-faults.ts";

/** Any change of the paths moves chance on, and what it finds: so many seeds more are tried, from shortly before on. */
const more = 400;
const before = 20;

test.for(plantedFaults.map((fault) => ({ ...fault })))("$name is found: $lost", async (fault) => {
  const { failed } = await findFault(fault, { from: Math.max(1, fault.seeds - before), count: before + more });
  expect(failed?.rule).toEqual(expect.any(String));
});
