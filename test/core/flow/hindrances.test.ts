/**
 * What cannot be done is told when it has lasted, by its own reason, until it was done.
 *
 * @module
 */
import { expect, test } from "vitest";
import { Hindrances } from "../../../core/flow/hindrances.ts";
import { createVirtualClock } from "../../support/virtual-clock.ts";

test("what has failed since so long is told with its latest reason, until it was done", async () => {
  const clock = createVirtualClock();
  const hindrances = new Hindrances(clock, { look: "look", write: "write" });
  hindrances.failed("look", "first");
  await clock.advance(10_000);
  hindrances.failed("write", "later");
  hindrances.failed("look", "forbidden");
  expect(hindrances.lasting(10_001)).toBeUndefined();
  expect(hindrances.lasting(10_000)).toBe("cannot look: forbidden");
  hindrances.done("look");
  expect(hindrances.lasting(10_000)).toBeUndefined();
  expect(hindrances.lasting(0)).toBe("cannot write: later");
});
