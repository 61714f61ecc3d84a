/**
 * What changing over is decided by, as it is read.
 *
 * @module
 */
import { leases } from "../../../core/kube/resources.ts";
import { expect, test } from "vitest";
import { lookAround } from "../../../core/migrate/sight.ts";
import { createStage, home, sliceFor, type Stage } from "../../support/cluster-stage.ts";

async function look(stage: Stage) {
  const looked = await stage.clock.until(lookAround(stage.needs(), "pools"));
  if (looked.kind !== "sight") throw new Error(looked.what);
  return looked.sight;
}

test("of the Leases only Whereabouts' own and those of slices' pools are traces", async () => {
  const stage = createStage();
  stage.pool("10.0.0.0/28", { name: "blue-node-1-10.0.0.0-28" });
  for (const name of ["whereabouts", "blue-node-1-10.0.0.0-28", "kube-scheduler"])
    stage.put(leases, { metadata: { name, namespace: home }, spec: {} });
  expect((await look(stage)).leases.map(({ name }) => name)).toEqual(["whereabouts", "blue-node-1-10.0.0.0-28"]);
});

test("without the API server's time nothing is decided: nobody can tell how long ago the mode was set", async () => {
  const stage = createStage();
  const probe = async () => ({ kind: "up", version: "v1.34.4", serverMs: undefined, tookMs: 1 }) as const;
  const looked = await stage.clock.until(lookAround(stage.needs({ ...stage.api, probe }), "pools"));
  expect(looked).toMatchObject({ kind: "unreachable", what: "time of the API server" });
});

test("a list of node slices that cannot be read makes slices of no pool", async () => {
  const stage = createStage();
  stage.pool("10.0.0.0/28", { name: "blue-node-1-10.0.0.0-28" });
  sliceFor(stage, ["node-1"], { range: "x" });
  const { ledger } = await look(stage);
  expect(ledger.pools.map(({ network, node }) => [network, node])).toEqual([
    ["blue", undefined],
    ["blue-node-1", undefined],
  ]);
});
