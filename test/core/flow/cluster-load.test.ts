/**
 * Many calls, and slow answers: nothing piles up without bound, deadlines hold, and nobody has an address twice (F33, issue 4 "Bad
 * input and bad days").
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { whereaboutsConfig } from "../../support/cluster-node.ts";
import { type ClusterMode, createClusterWorld } from "../../support/cluster-world.ts";
import { given } from "../../support/world.ts";

const wide = { config: whereaboutsConfig({ range: "10.0.0.0/20" }) };
const modes: readonly ClusterMode[] = ["absent", "present"];

describe.each(modes)("with Whereabouts %s", (mode) => {
  test("1,000 ADDs at once on one node are answered, each with its own address", async () => {
    const world = createClusterWorld(mode);
    const node = await world.node();
    node.link.always("", { slowMs: 4 });
    const calls = Array.from({ length: 1_000 }, (_, at) => node.add(`c${at}`, wide));
    const answers = await world.until(Promise.all(calls));
    expect(new Set(answers.flatMap(given)).size).toBe(1_000);
    expect(world.held().length).toBe(1_000);
    const creates = node.link.calls.filter((call) => call.startsWith("create overlapping")).length;
    expect(creates).toBe(1_000);
    const patches = node.link.calls.filter((call) => call.startsWith("patch ippools")).length;
    expect(patches).toBeLessThanOrEqual(mode === "present" ? 10 : 0);
  });

  test("1,000 ADDs at once of a pool of 100 give 100, and refuse the others in time", async () => {
    const world = createClusterWorld(mode);
    const node = await world.node();
    node.link.always("", { slowMs: 4 });
    const small = {
      config: whereaboutsConfig({ range: "10.0.0.0/24", range_start: "10.0.0.1", range_end: "10.0.0.100" }),
    };
    const begun = world.clock.bootNs();
    const calls = Array.from({ length: 1_000 }, (_, at) => node.add(`c${at}`, small));
    const answers = await world.until(Promise.all(calls));
    expect(answers.filter(({ kind }) => kind === "result").length).toBe(100);
    expect(world.held().length).toBe(100);
    expect(Number((world.clock.bootNs() - begun) / 1_000_000n)).toBeLessThanOrEqual(25_100);
    expect(node.link.calls.length).toBeLessThan(400);
  });

  test("F33: a slow API (each call takes 5 s, or is not answered): every ADD ends within 25 s, and nothing stays behind", async () => {
    const world = createClusterWorld(mode);
    const node = await world.node();
    given(await world.until(node.add("c0", wide)));
    const end = node.link.always("", { slowMs: 4_999 });
    const begun = world.clock.bootNs();
    const work = Promise.all(Array.from({ length: 100 }, (_, at) => node.add(`c${at + 1}`, wide)));
    const answers = await world.until(work);
    expect(Number((world.clock.bootNs() - begun) / 1_000_000n)).toBeLessThanOrEqual(25_100);
    end();
    await world.advance(200_000);
    const answered = answers.flatMap((answer) => (answer.kind === "result" ? given(answer) : []));
    expect(new Set(answered).size).toBe(answered.length);
    expect(world.held().length).toBe(answered.length + 1);
    expect(node.flow.freeing).toBe(0);
  });

  test("a pool that is full for many nodes is not listed by each ADD", async () => {
    const world = createClusterWorld(mode);
    const [first, second] = [await world.node(), await world.node()];
    const tiny = { config: whereaboutsConfig({ range: "10.0.0.0/30" }) };
    for (const id of ["a", "b"]) given(await world.until(first.add(id, tiny)));
    second.link.calls.splice(0);
    for (let at = 0; at < 100; at += 1) await world.until(second.add(`c${at}`, tiny));
    expect(second.link.calls.filter((call) => call.startsWith("list overlapping")).length).toBeLessThanOrEqual(3);
  });
});
