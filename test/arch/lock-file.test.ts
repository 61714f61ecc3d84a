/**
 * `npm ci` refuses a lock file that lacks an optional package, even one for another platform; `npm install` leaves such
 * packages out when the registry does not have them.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { treeRoot } from "../tools/places.ts";

type Lock = { packages: { [path: string]: { optionalDependencies?: { [name: string]: string } } } };

test("package-lock.json has an entry for every optional package that an entry names", () => {
  const lock: Lock = JSON.parse(readFileSync(join(treeRoot, "package-lock.json"), "utf8"));
  const named = Object.values(lock.packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter((name) => lock.packages[`node_modules/${name}`] === undefined)).toEqual([]);
});
