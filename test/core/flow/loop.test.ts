/**
 * Work that goes on with pauses that can be cut short.
 *
 * @module
 */
import { expect, test } from "vitest";
import { createCanceller } from "../../../core/flow/canceller.ts";
import { Loop } from "../../../core/flow/loop.ts";
import { createVirtualClock } from "../../support/virtual-clock.ts";

function started(onRound: (loop: Loop, count: number) => void = () => undefined) {
  const clock = createVirtualClock();
  const loop = new Loop(clock);
  const end = createCanceller();
  let count = 0;
  const done = loop.run(end.signal, async () => {
    count += 1;
    onRound(loop, count);
    return 1_000;
  });
  return { clock, loop, end, done, count: () => count };
}

test("it pauses as long as the work says, and ends with its signal", async () => {
  const { clock, end, done, count } = started();
  await clock.advance(2_500);
  expect(count()).toBe(3);
  end.cancel();
  await done;
  expect(count()).toBe(3);
});

test("waking it ends the pause", async () => {
  const { clock, loop, count } = started();
  await clock.advance(100);
  loop.wake();
  await clock.advance(1);
  expect(count()).toBe(2);
});

test("waking it while it works leaves the next pause out, once", async () => {
  const { clock, count } = started((loop, round) => {
    if (round === 1) loop.wake();
  });
  await clock.advance(900);
  expect(count()).toBe(2);
});
