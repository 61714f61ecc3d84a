/**
 * `npm run simulate`: reads what is wished for, plants a fault if one is, and only then loads the simulation.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { faultNamed, plant } from "./plant.ts";
import { plantedFaults } from "./planted-faults.ts";

const usage = `usage: npm run simulate -- [--mode exclusive|mixed] [--seeds COUNT] [--from SEED] [--failures COUNT]
       npm run simulate -- [--mode exclusive|mixed] --seed SEED [--keep ID,…] [--without KIND,…] [--shrink] [--quiet]

--seeds     how many seeds to run (20000), from --from (1) on; ends after --failures failing ones (1)
--seed      runs one seed again and prints what happened; --shrink makes it small first
--keep      only these of its operations, by their ids
--without   no such weather
--fault     with a fault planted: ${plantedFaults.map(({ name }) => name).join(", ")}
--faults    plants each and tells how many seeds it took, at most --seeds`;

const { values } = parseArgs({
  options: {
    mode: { type: "string" },
    seeds: { type: "string", default: "20000" },
    from: { type: "string", default: "1" },
    failures: { type: "string", default: "1" },
    seed: { type: "string" },
    keep: { type: "string" },
    without: { type: "string", default: "" },
    shrink: { type: "boolean", default: false },
    fault: { type: "string" },
    faults: { type: "boolean", default: false },
    quiet: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

if (values.help) console.log(usage);
else if (values.faults) await findAll(Number(values.seeds));
else {
  const fault = values.fault === undefined ? undefined : faultNamed(values.fault);
  if (fault !== undefined) plant(fault);
  const { run } = await import("./command.ts");
  await run({
    mode: (values.mode ?? fault?.mode) === "mixed" ? "mixed" : "exclusive",
    seeds: Number(values.seeds),
    from: Number(values.from),
    failures: Number(values.failures),
    seed: values.seed === undefined ? undefined : Number(values.seed),
    keep: values.keep?.split(",").map(Number),
    without: values.without.split(","),
    shrink: values.shrink,
    quiet: values.quiet,
    fault: values.fault,
  });
}

/** Each has to be found by a seed that does not fail without it. */
async function findAll(seedsMax: number): Promise<void> {
  const { findFault } = await import("./find-fault.ts");
  for (const fault of plantedFaults) {
    const { seed, failed } = await findFault(fault, { from: 1, count: seedsMax });
    if (failed === undefined) process.exitCode = 1;
    console.log(`${fault.name.padEnd(26)} ${failed === undefined ? "not found in" : failed.rule.padEnd(12)} ${seed}`);
  }
}
