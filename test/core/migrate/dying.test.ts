/**
 * Changing over, and back, when the program dies before or after any of its calls.
 *
 * @module
 */
import { expect, test } from "vitest";
import { goBack } from "../../../core/migrate/back.ts";
import { finish } from "../../../core/migrate/finish.ts";
import { clusterRoleBindings } from "../../../core/migrate/kinds.ts";
import { agents, changedOver, usual, withLeases } from "../../support/changing-over.ts";
import { dyingApi, watched } from "../../support/cluster-stage.ts";

test("migrate finish may die at every moment: nothing is lost, and another run ends the work", async () => {
  const count = await dyingFinish(Number.POSITIVE_INFINITY);
  expect(count.died).toBe(false);
  expect(count.calls.length).toBeGreaterThan(60);
  for (let at = 0; at < count.calls.length; at += 1) {
    const { stage, calls } = await dyingFinish(at);
    const where = `${at}: ${calls.at(-1)}`;
    const { bindings, mode, entries } = stage;
    const saved = (JSON.parse(mode()["unbound"] ?? "[]") as { name: string }[]).map(({ name }) => name);
    expect([...bindings(), ...saved], where).toContain("whereabouts");
    if (mode()["whereabouts"] === "absent") expect(bindings(), where).not.toContain("whereabouts");
    if (entries().length < 2)
      expect(stage.clock.nowMs() - Date.parse(mode()["since"] ?? ""), where).toBeGreaterThanOrEqual(480_000);

    expect((await stage.clock.until(finish(stage.needs(), usual, watched()))).kind, where).toBe("removed");
    expect(entries(), where).toEqual([]);
    expect(bindings(), where).toEqual(["admins", "berth-agent"]);
    expect(JSON.parse(mode()["unbound"] ?? "[]"), where).toHaveLength(1);
    expect(stage.server.all(clusterRoleBindings), where).toHaveLength(2);
  }
});

async function dyingFinish(at: number) {
  const { stage } = withLeases();
  const { api, died, calls } = dyingApi(stage.server, at);
  const ended = await stage.clock.until(Promise.race([finish(stage.needs(api), usual, watched()), died]));
  return { stage, calls, died: ended === "died" };
}

test("migrate back may die at every moment: Whereabouts is bound only beside all entries, and another run ends the work", async () => {
  const whole = await dyingBack(Number.POSITIVE_INFINITY);
  expect(whole.died).toBe(false);
  expect(whole.calls.length).toBeGreaterThan(60);
  for (let at = 0; at < whole.calls.length; at += 1) {
    const { stage, leases, calls } = await dyingBack(at);
    const where = `${at}: ${calls.at(-1)}`;
    const saved = JSON.parse(stage.mode()["unbound"] ?? "[]") as readonly unknown[];
    expect(saved.length > 0 || stage.bindings().includes("whereabouts"), where).toBe(true);
    if (stage.bindings().includes("whereabouts")) {
      expect(stage.mode()["whereabouts"], where).toBe("present");
      expect(stage.entries(), where).toEqual(["5", "6"]);
    }
    const ended = await stage.clock.until(goBack(stage.needs(), agents(stage, leases)));
    expect(["back", "nothing"], where).toContain(ended.kind);
    expect(stage.bindings(), where).toContain("whereabouts");
    expect(JSON.parse(stage.mode()["unbound"] ?? ""), where).toEqual([]);
  }
});

async function dyingBack(at: number) {
  const { stage, leases } = await changedOver();
  const { api, died, calls } = dyingApi(stage.server, at);
  const ended = await stage.clock.until(Promise.race([goBack(stage.needs(api), agents(stage, leases)), died]));
  return { stage, leases, calls, died: ended === "died" };
}
