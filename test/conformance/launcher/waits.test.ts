/**
 * How long a launcher waits, each wait once and all at the same time: about half a minute.
 *
 * @module
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FakeAgent, type FakeAgentOptions, startFakeAgent } from "../../support/fake-agent.ts";
import { type Bench, type LauncherName, launcherNames, makeBench, type Outcome } from "./launchers.ts";
import { configText, environmentOf, type Place, placeIn, readSpool, unanswered, unreachable } from "./place.ts";

let bench: Bench;
const agents: FakeAgent[] = [];
const started = new Map<(typeof rows)[number], Promise<Waited>>();
beforeAll(async () => {
  bench = await makeBench();
  for (const row of rows) started.set(row, start(row));
});
afterAll(async () => {
  for (const agent of agents) await agent.stop();
  await bench.remove();
});

type Waited = { readonly place: Place; readonly outcome: Outcome; readonly left: Promise<void> };

type Wait = {
  readonly command: string;
  /** `reads`: it never answers. `answers`: it never reads. */
  readonly agent: "none" | "reads" | "answers";
  readonly seconds: number;
  readonly status: number;
  readonly stdout: (place: Place) => string;
};

const waits: readonly Wait[] = [
  { command: "ADD", agent: "none", seconds: 10, status: 1, stdout: (place) => unreachable(place, 11) },
  { command: "CHECK", agent: "none", seconds: 10, status: 1, stdout: (place) => unreachable(place, 11) },
  { command: "ADD", agent: "reads", seconds: 27, status: 1, stdout: (place) => unanswered(place, 11, 27) },
  { command: "CHECK", agent: "reads", seconds: 11, status: 1, stdout: (place) => unanswered(place, 11, 11) },
  { command: "DEL", agent: "reads", seconds: 6, status: 0, stdout: () => "" },
  // An answer to a request that was not taken whole is none.
  { command: "DEL", agent: "answers", seconds: 6, status: 0, stdout: () => "" },
  { command: "GC", agent: "reads", seconds: 31, status: 0, stdout: () => "" },
  { command: "STATUS", agent: "reads", seconds: 3, status: 1, stdout: (place) => unanswered(place, 50, 3) },
];

type Behaviour = Pick<FakeAgentOptions, "onVisit" | "onConnect">;

const behaviours: { readonly [agent in "reads" | "answers"]: (onLeft: () => void) => Behaviour } = {
  reads: (onLeft) => ({
    onVisit: (visit) => {
      void visit.left.then(onLeft);
    },
  }),
  answers: () => ({
    onVisit: () => undefined,
    onConnect: (socket) => {
      socket.pause();
      socket.end("0\n");
    },
  }),
};

/** Starts slower than this are the machine's fault; waits longer than this are the launcher's. */
const slackMs = 2_500;

const rows = launcherNames.flatMap((name) => waits.map((wait) => ({ name, ...wait })));

/** More than a socket's buffer takes. */
const stdin = configText + " ".repeat(1_000_000);

async function start({ name, command, agent }: Wait & { readonly name: LauncherName }): Promise<Waited> {
  const place = placeIn(await bench.fresh());
  const left = Promise.withResolvers<void>();
  if (agent !== "none") agents.push(await startFakeAgent({ path: place.socket, ...behaviours[agent](left.resolve) }));
  const outcome = await bench.run(name, { environment: environmentOf(command, place), stdin });
  return { place, outcome, left: left.promise };
}

describe("the launchers", () => {
  it.each(rows)("$name: a $command waits $seconds s (agent: $agent)", async (row) => {
    const { place, outcome, left } = await started.get(row)!;
    expect(outcome).toMatchObject({ status: row.status, stdout: row.stdout(place), stderr: "" });
    // The wait for a socket ends with the last try that fits, 50 ms before its end at most.
    expect(outcome.tookMs).toBeGreaterThan(row.seconds * 1_000 - 100);
    expect(outcome.tookMs).toBeLessThan(row.seconds * 1_000 + slackMs);
    expect((await readSpool(place)).size).toBe(row.command === "DEL" ? 1 : 0);
    // The agent learns that nobody waits any more.
    if (row.agent === "reads") await left;
  });
});
