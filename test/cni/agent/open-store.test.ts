/**
 * What the log says of pools that cannot be read.
 *
 * @module
 */
import { expect, test } from "vitest";
import { faultTeller } from "../../../cni/agent/open-store.ts";
import { Lately } from "../../../core/flow/lately.ts";
import type { Log } from "../../../core/ports/log.ts";
import { createVirtualClock } from "../../support/virtual-clock.ts";

test("each pool that cannot be read is logged once in ten minutes", async () => {
  const clock = createVirtualClock();
  const lines: string[] = [];
  const warn = (line: string) => void lines.push(line);
  const log: Log = { debug: warn, info: warn, warn, error: warn };
  const tell = faultTeller(log, new Lately(clock));
  for (const fault of ["a range in a", "a range in b", "a range in a"]) tell(fault);
  expect(lines).toEqual(["Cannot read a pool: expected a range in a", "Cannot read a pool: expected a range in b"]);
  await clock.advance(600_000);
  tell("a range in a");
  expect(lines).toHaveLength(3);
});
