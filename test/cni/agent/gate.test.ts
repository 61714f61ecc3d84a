/**
 * Laws of the gate: never more than so many at once, never more than so many waiting, and in the order they came.
 *
 * @module
 */
import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { Gate } from "../../../cni/agent/gate.ts";

type Work = { readonly at: number; readonly end: (how: "well" | "badly") => void };

/** A gate whose work ends when it is told to. */
function openGate(inFlightMax: number, queueMax: number) {
  const gate = new Gate({ inFlightMax, queueMax });
  const begun: Work[] = [];
  const outcomes = new Map<number, string>();
  let count = 0;
  return {
    gate,
    begun,
    outcomes,
    enter: () => {
      const at = count++;
      const work = () =>
        new Promise<string>((resolve, reject) => {
          begun.push({ at, end: (how) => (how === "well" ? resolve("done") : reject(new Error("broken"))) });
        });
      void gate.pass(work).then(
        (answer) => outcomes.set(at, answer ?? "refused"),
        () => outcomes.set(at, "broken"),
      );
    },
  };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const step = fc.constantFrom("enter", "enter", "end well", "end badly");

describe("Gate", () => {
  property.prop([fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 4 }), fc.array(step, { maxLength: 40 })])(
    "works on at most inFlightMax, lets at most queueMax wait, keeps the order, and refuses only the rest",
    async (inFlightMax, queueMax, steps) => {
      const { gate, begun, outcomes, enter } = openGate(inFlightMax, queueMax);
      const model = {
        working: [] as number[],
        waiting: [] as number[],
        begun: [] as number[],
        refused: [] as number[],
      };
      let entered = 0;
      for (const one of steps) {
        if (one === "enter") {
          const at = entered++;
          if (model.working.length < inFlightMax) {
            model.working.push(at);
            model.begun.push(at);
          } else if (model.waiting.length < queueMax) model.waiting.push(at);
          else model.refused.push(at);
          enter();
        } else {
          const ending = model.working.shift();
          if (ending === undefined) continue;
          begun.find(({ at }) => at === ending)?.end(one === "end well" ? "well" : "badly");
          const next = model.waiting.shift();
          if (next !== undefined) {
            model.working.push(next);
            model.begun.push(next);
          }
        }
        await settle();
        expect(begun.map(({ at }) => at)).toEqual(model.begun);
        expect([gate.inFlight, gate.queued]).toEqual([model.working.length, model.waiting.length]);
        expect([...outcomes].filter(([, outcome]) => outcome === "refused").map(([at]) => at)).toEqual(model.refused);
      }
    },
  );

  test("work that throws leaves its place to the next, and its error to its caller", async () => {
    const { gate, begun, outcomes, enter } = openGate(1, 1);
    enter();
    enter();
    begun[0]?.end("badly");
    await settle();
    begun[1]?.end("well");
    await settle();
    expect([...outcomes.values()]).toEqual(["broken", "done"]);
    expect(gate.inFlight).toBe(0);
  });
});
