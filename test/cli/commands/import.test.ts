/**
 * `berthctl import --check` at a desk, over an API server in memory.
 *
 * @module
 */
import { afterEach, expect, test } from "vitest";
import { createStage } from "../../support/cluster-stage.ts";
import { createDesk, type OpenDesk } from "../desk.ts";

const open: OpenDesk[] = [];
afterEach(() => {
  for (const desk of open.splice(0)) desk.close();
});

function createCluster() {
  const stage = createStage();
  const desk = createDesk();
  open.push(desk);
  const cluster = { kind: "api", api: stage.api, close: () => undefined } as const;
  return { stage, desk: desk.with({ cluster }) };
}

const value = { id: "w1", podref: "default/web-0", ifname: "net1" };

test("prints a table of differences, and ends with 1 when something is left for a person", async () => {
  const { stage, desk } = createCluster();
  stage.entry("blue-10.0.0.0-24", "10.0.0.9", value);
  const { code, out, err } = await desk.berthctl("import", "--check");
  expect(code).toBe(1);
  expect(out.split("\n")[0]).toMatch(/^ADDRESS +NETWORK +KIND +OBJECT +DIFFERENCE +BERTH +RUN$/);
  expect(out.split("\n")[1]).toMatch(
    /^10\.0\.0\.9 +blue +entry-only +IPPool kube-system\/blue-10\.0\.0\.0-24 +the entry/,
  );
  expect(err).toBe("1 pool, 1 entry, 0 reservations: 1 difference, 1 of them for a person\n");
});

test("ends with 0 when Berth needs nobody", async () => {
  const { stage, desk } = createCluster();
  stage.entry("blue-10.0.0.0-24", "10.0.0.9", value);
  stage.pod("web-0");
  expect(await desk.berthctl("import", "--check")).toMatchObject({
    code: 0,
    err: "1 pool, 1 entry, 0 reservations: 1 difference, 0 of them for a person\n",
  });
});

test("prints JSON", async () => {
  const { stage, desk } = createCluster();
  stage.entry("blue-10.0.0.0-24", "10.0.0.9", value);
  stage.pod("web-0");
  const { out } = await desk.berthctl("import", "--check", "--json");
  expect(JSON.parse(out)).toEqual({
    pools: 1,
    entries: 1,
    reservations: 0,
    differences: [
      {
        address: "10.0.0.9",
        kind: "entry-only",
        network: "blue",
        object: "IPPool kube-system/blue-10.0.0.0-24",
        text: "the entry of pod default/web-0 has no reservation",
        berth: "the agent of node node-1 takes it over within 10 minutes",
        run: null,
      },
    ],
  });
});

test("needs --check: agents import by themselves", async () => {
  expect(await createCluster().desk.berthctl("import")).toMatchObject({
    code: 2,
    err: 'Cannot use command "import": expected --check, because agents import by themselves\n  run: berthctl import --check\n',
  });
});
