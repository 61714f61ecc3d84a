/**
 * What the agent says of the cluster.
 *
 * @module
 */
import { expect, test } from "vitest";
import { watchAt } from "../../../core/flow/watch.ts";

test("ages are told in milliseconds, and nothing of what has not happened yet", () => {
  const at = { mode: "absent", confirmedNs: 1_000_000_000n, comparedNs: undefined, conflicts: 2 } as const;
  expect(watchAt(at, 3_500_000_000n)).toEqual({
    mode: "absent",
    confirmedMsAgo: 2_500,
    comparedMsAgo: undefined,
    conflicts: 2,
  });
});
