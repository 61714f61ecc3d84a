/**
 * An API server each of whose answers takes seconds (F33, P4).
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { whereaboutsConfig } from "../../support/cluster-node.ts";
import { createClusterWorld } from "../../support/cluster-world.ts";

const wide = { config: whereaboutsConfig({ range: "10.0.0.0/24" }) };
const pool = "blue-10.0.0.0-24";

describe("P4, F33: when each answer takes 3 s", () => {
  test("the mode is confirmed all the same, and no ADD is refused for it, with 110 pods beside Whereabouts", async () => {
    const world = createClusterWorld("present");
    world.makePool("10.0.0.0/24");
    for (let at = 1; at <= 110; at += 1) {
      world.pod(`w${at}`, "node-1");
      world.writeEntry(String(at), { id: `w${at}`, podref: `default/w${at}`, ifname: "net1" }, pool);
      world.reserve(`blue-10.0.0.${at}`, `default/w${at}`);
    }
    const node = world.nodeAtRest();
    node.link.always("", { slowMs: 3_000 });
    await node.start();
    await world.advance(60_000);
    for (let at = 0; at < 8; at += 1) {
      const answer = await world.until(node.add(`c${at}`, wide));
      expect(answer.kind === "failure" ? answer.failure.name : "").not.toBe("ClusterUnready");
      await world.advance(100_000);
      expect(node.flow.watch?.confirmedMsAgo).toBeLessThan(75_000);
    }
  });
});
