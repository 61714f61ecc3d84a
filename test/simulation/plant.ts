/**
 * Plants a fault into the modules that are loaded from now on, in this thread.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import type { Edit, PlantedFault } from "./planted-fault.ts";
import { plantedFaults } from "./planted-faults.ts";

const root = new URL("../../", import.meta.url);

export function faultNamed(name: string): PlantedFault {
  const fault = plantedFaults.find((one) => one.name === name);
  if (fault === undefined)
    throw new Error(`Cannot find fault "${name}": expected one of ${plantedFaults.map((one) => one.name).join(", ")}`);
  return fault;
}

/** Whether the source is still as the fault expects it. */
export function fits({ file, find }: Edit): boolean {
  return readFileSync(new URL(file, root), "utf8").split(find).length === 2;
}

export function plant({ name, edits }: PlantedFault): void {
  const unfit = edits.find((edit) => !fits(edit));
  if (unfit !== undefined) throw new Error(`Cannot plant "${name}": expected "${unfit.find}" once in ${unfit.file}`);
  registerHooks({
    load: (url, context, next) => {
      const loaded = next(url, context);
      const own = edits.filter(({ file }) => new URL(file, root).href === url);
      if (own.length === 0) return loaded;
      const source = own.reduce(
        (text, { find, replace }) => text.replace(find, () => replace),
        readFileSync(new URL(url), "utf8"),
      );
      return { ...loaded, source };
    },
  });
}
