/**
 * How long a launcher waits, each wait once and all at the same time: about half a minute.
 *
 * @module
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FakeAgent, startFakeAgent } from "../../support/fake-agent.ts";
import { type Bench, type LauncherName, launcherNames, makeBench } from "./launchers.ts";
import { configText, environmentOf, type Place, placeIn, readSpool, unanswered, unreachable } from "./place.ts";

let bench: Bench;
const agents: FakeAgent[] = [];
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(async () => {
  for (const agent of agents) await agent.stop();
  await bench.remove();
});

type Wait = {
  readonly command: string;
  /** Whether an agent is there, which reads and never answers. */
  readonly agent: boolean;
  readonly seconds: number;
  readonly status: number;
  readonly stdout: (place: Place) => string;
};

const waits: readonly Wait[] = [
  { command: "ADD", agent: false, seconds: 10, status: 1, stdout: (place) => unreachable(place, 11) },
  { command: "CHECK", agent: false, seconds: 10, status: 1, stdout: (place) => unreachable(place, 11) },
  { command: "ADD", agent: true, seconds: 27, status: 1, stdout: (place) => unanswered(place, 11, 27) },
  { command: "CHECK", agent: true, seconds: 11, status: 1, stdout: (place) => unanswered(place, 11, 11) },
  { command: "DEL", agent: true, seconds: 6, status: 0, stdout: () => "" },
  { command: "GC", agent: true, seconds: 31, status: 0, stdout: () => "" },
  { command: "STATUS", agent: true, seconds: 3, status: 1, stdout: (place) => unanswered(place, 50, 3) },
];

const rows = launcherNames.flatMap((name) => waits.map((wait) => ({ name, ...wait })));

/** Starts slower than this are the machine's fault; waits longer than this are the launcher's. */
const slackMs = 2_500;

describe("the launchers", () => {
  it.concurrent.each(rows)(
    "$name: a $command waits $seconds s (agent there: $agent)",
    async ({ name, command, agent, seconds, status, stdout }: { readonly name: LauncherName } & Wait) => {
      const place = placeIn(await bench.fresh());
      const left = Promise.withResolvers<void>();
      if (agent) {
        const onVisit = (visit: { readonly left: Promise<void> }): void => {
          void visit.left.then(left.resolve);
        };
        agents.push(await startFakeAgent({ path: place.socket, onVisit }));
      }
      const outcome = await bench.run(name, { environment: environmentOf(command, place), stdin: configText });
      expect(outcome).toMatchObject({ status, stdout: stdout(place), stderr: "" });
      // The wait for a socket ends with the last try that fits, 50 ms before its end at most.
      expect(outcome.tookMs).toBeGreaterThan(seconds * 1_000 - 100);
      expect(outcome.tookMs).toBeLessThan(seconds * 1_000 + slackMs);
      expect((await readSpool(place)).size).toBe(command === "DEL" ? 1 : 0);
      // The agent learns that nobody waits any more.
      if (agent) await left.promise;
    },
  );
});
