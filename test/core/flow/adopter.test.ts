/**
 * Taking on record what Whereabouts gave, when the cluster or the journal does not go along (P14).
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { Adopter } from "../../../core/flow/adopter.ts";
import type { Cluster, Stray } from "../../../core/ports/cluster.ts";
import type { CommitAnswer } from "../../../core/ports/journal.ts";
import type { ClaimAnswer } from "../../../core/ports/store.ts";
import { attachment, claim, holder } from "../../support/samples.ts";
import { createKeeperStage } from "../../support/keeper-stage.ts";

const stray: Stray = {
  claim: claim("10.0.0.5", { attempt: "new-1", holder: holder({ attachment: attachment({ ifName: "" }) }) }),
  standing: undefined,
};
const held: ClaimAnswer = { kind: "held", version: "u/1" };
const away = { kind: "unknown", reason: "away" } as const;

type Found = Awaited<ReturnType<Cluster["strays"]>>;

async function stage(given: { found?: Found; adopted?: ClaimAnswer; commit?: CommitAnswer } = {}) {
  const answers = { found: { kind: "strays", strays: [stray] } as Found, adopted: held, ...given };
  const asked: (readonly string[])[] = [];
  const made = await createKeeperStage("present", {
    cluster: {
      strays: async (containers) => (asked.push([...containers]), answers.found),
      adopt: async () => answers.adopted,
    },
    ...(given.commit === undefined ? {} : { journal: { commit: async () => given.commit ?? { kind: "superseded" } } }),
  });
  asked.splice(0);
  const adopter = new Adopter(made.needs);
  const states = async () => (await made.node.rows()).map(({ state }) => state);
  return { ...made, adopter, answers, asked, states };
}

test("what it gave becomes a lease of this node", async () => {
  const { adopter, states } = await stage();
  expect(await adopter.adopt()).toBeUndefined();
  expect(await states()).toEqual(["lease"]);
});

test("what is on record already is not taken again", async () => {
  const { adopter, states, answers } = await stage();
  await adopter.adopt();
  answers.adopted = { ...away, hopeless: false, mayLand: true };
  expect(await adopter.adopt()).toBeUndefined();
  expect(await states()).toEqual(["lease"]);
});

test("what was taken, and has ended since, is not taken again", async () => {
  const { adopter, node, row, states } = await stage();
  await adopter.adopt();
  await node.journal.commit([{ kind: "end", id: (await row()).id, restUntilMs: 0, whileAttempt: "new-1" }]);
  expect(await adopter.adopt()).toBeUndefined();
  expect(await states()).toEqual([]);
});

test("what another has by then stays another's", async () => {
  const { adopter, states } = await stage({ adopted: { kind: "taken", by: undefined } });
  expect(await adopter.adopt()).toBeUndefined();
  expect(await states()).toEqual([]);
});

test("what the journal does not take is left to the next import", async () => {
  const { adopter, states } = await stage({ commit: { kind: "failed", full: true, reason: "no space" } });
  expect(await adopter.adopt()).toBeUndefined();
  expect(await states()).toEqual([]);
});

describe("a container whose DEL came before it was known", () => {
  test("is freed as soon as it is on record, also when its entry names no interface", async () => {
    const { adopter, states, world } = await stage();
    adopter.want("c1");
    await world.until(adopter.adopt());
    expect(await states()).toEqual(["freeing"]);
    expect(adopter.isWanted).toBe(false);
  });

  test("does not free another container's", async () => {
    const { adopter, states } = await stage();
    adopter.want("c9");
    await adopter.adopt();
    expect(await states()).toEqual(["lease"]);
  });

  test.for([
    { name: "the cluster cannot be read", given: { found: away } },
    { name: "an answer is lost", given: { adopted: { ...away, hopeless: false, mayLand: true } } },
  ] as const)("is looked for again when $name", async ({ given }) => {
    const { adopter, asked } = await stage(given);
    adopter.want("c1");
    expect(await adopter.adopt()).toBe("away");
    expect(adopter.isWanted).toBe(true);
    await adopter.adopt();
    expect(asked).toEqual([["c1"], ["c1"]]);
  });

  test("is one of at most 10,000: who asks for more does not fill the memory", async () => {
    const { adopter, asked } = await stage({ found: { kind: "strays", strays: [] } });
    for (let at = 0; at <= 10_000; at += 1) adopter.want(`c${at}`);
    await adopter.adopt();
    expect(asked[0]).toHaveLength(10_000);
  });
});

test("a cluster that cannot be read is told once for each reason, and again after it could be", async () => {
  const { adopter, answers, node } = await stage({ found: away });
  const told = () => node.logged.filter((line) => line.includes("Cannot take on record")).length;
  await adopter.adopt();
  await adopter.adopt();
  expect(told()).toBe(1);
  answers.found = { kind: "unknown", reason: "forbidden" };
  await adopter.adopt();
  expect(told()).toBe(2);
  answers.found = { kind: "strays", strays: [] };
  await adopter.adopt();
  answers.found = { kind: "unknown", reason: "forbidden" };
  await adopter.adopt();
  expect(told()).toBe(3);
});
