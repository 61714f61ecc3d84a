/**
 * Entries that `migrate back` itself writes: of withheld addresses and of further reservations (P21).
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { reservations } from "../../../core/kube/resources.ts";
import { goBack } from "../../../core/migrate/back.ts";
import type { KubeApi } from "../../../core/ports/kube-api.ts";
import { agents, changedOver } from "../../support/changing-over.ts";
import { home, type Stage, watched } from "../../support/cluster-stage.ts";
import { place } from "../../support/samples.ts";

const pool = "blue-10.0.0.0-24";

function run(stage: Stage, watch = watched(), api: KubeApi = stage.api) {
  return stage.clock.until(goBack(stage.needs(api), watch));
}

describe("migrate back", () => {
  test("P21: writes the entries of withheld addresses and of further reservations, where nothing stands", async () => {
    const { stage, leases } = await changedOver();
    const everywhere = (text: string) => ({
      kind: "withheld" as const,
      holder: undefined,
      place: place(text, { pool: "" }),
    });
    stage.lease("10.0.0.20", everywhere("10.0.0.20"));
    stage.lease("10.0.0.21", everywhere("10.0.0.21"));
    stage.lease("10.9.9.9", everywhere("10.9.9.9"));
    stage.entry(pool, "10.0.0.21", { id: "wb", podref: "default/wb" });
    stage.lease("10.0.0.22", { kind: "static", place: place("10.0.0.22", { overlapping: false }) }, "blue-10.0.0.22");
    expect((await run(stage, agents(stage, leases))).kind).toBe("back");
    expect(stage.entries().toSorted()).toEqual(["20", "21", "22", "5", "6"]);
  });

  test("P21: the entry of one that is given back while it is written goes again; what cannot be written ends the run", async () => {
    const { stage, leases } = await changedOver();
    const kept = place("10.0.0.20", { pool: "" });
    stage.lease("10.0.0.20", { kind: "withheld", holder: undefined, place: kept });
    const cut: KubeApi = {
      ...stage.api,
      patch: async (...order) =>
        order[0].name === pool
          ? { kind: "refused", status: 403, reason: "Forbidden", message: "no" }
          : stage.api.patch(...order),
    };
    const ended = await run(stage, agents(stage, leases), cut);
    expect(ended).toMatchObject({ kind: "unreachable", what: `IPPool ${home}/${pool}` });
    const late: KubeApi = {
      ...stage.api,
      patch: async (...order) => {
        const answer = await stage.api.patch(...order);
        if (order[0].name === pool && stage.entries().includes("20"))
          stage.remove(reservations, "blue-10.0.0.20", home);
        return answer;
      },
    };
    expect((await run(stage, watched(), late)).kind).toBe("back");
    expect(stage.entries().toSorted()).toEqual(["5", "6"]);
  });
});
