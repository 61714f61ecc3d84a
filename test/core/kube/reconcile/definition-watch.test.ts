/**
 * Definitions that cannot work are told once for each state of them, soon after they were written, whatever fails in between.
 *
 * @module
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { definitionWatch } from "../../../../core/kube/reconcile/definition-watch.ts";
import { definitions, events } from "../../../../core/kube/resources.ts";
import { createFakeApi, type FakeApiOptions } from "../../../support/fake-api.ts";
import { createVirtualClock, type VirtualClock } from "../../../support/virtual-clock.ts";
import { type ClusterDesk, createClusterDesk } from "../../../cli/cluster-desk.ts";

let desk: ClusterDesk;
let clock: VirtualClock;
let logged: string[];
let ends: AbortController[];

beforeEach(() => {
  desk = createClusterDesk();
  clock = createVirtualClock();
  logged = [];
  ends = [];
});
afterEach(async () => {
  for (const end of ends) end.abort();
  await clock.advance(1);
  desk.close();
});

/** An elected member; the answer takes the office from it. */
function elect(options: Partial<FakeApiOptions> = {}) {
  const silent = () => undefined;
  const teller = {
    component: "berth-reconciler",
    node: "node-1",
    nowMs: () => clock.nowMs(),
    timestamp: (ms: number) => new Date(ms).toISOString(),
  } as const;
  const duty = definitionWatch({
    api: createFakeApi(desk.server, options),
    clock,
    random: desk.desk.agent.ports.random,
    log: {
      debug: silent,
      info: (text, fields) => void logged.push(`${text}: ${String(fields?.["reason"])}`),
      warn: silent,
      error: silent,
    },
    teller,
  });
  const run = () => {
    const end = new AbortController();
    ends.push(end);
    const running = duty.run(end.signal);
    return async () => {
      end.abort();
      await running;
    };
  };
  return run;
}

function told() {
  return desk.server.all(events).map((event) => {
    const { kind, namespace, name } = event["involvedObject"] as { kind: string; namespace: string; name: string };
    return `${String(event["count"])} ${String(event["reason"])} ${kind} ${namespace}/${name}`;
  });
}

const broken = { range: "10.0.0.0/33" };
const fine = { range: "10.0.0.0/24" };
const apart = { range: "10.0.0.0/24", enable_overlapping_ranges: false };

function write(name: string, ipam: object) {
  desk.server.uproot({ resource: definitions, namespace: "default", name });
  desk.nad(name, ipam);
}

describe("a definition that cannot work", () => {
  test("is told as an Event on it, in check-config's words", async () => {
    desk.nad("blue", broken);
    elect()();
    await clock.advance(2_000);
    const [event] = desk.server.all(events);
    expect(event).toMatchObject({
      metadata: { namespace: "default" },
      type: "Warning",
      reason: "BerthRefused",
      involvedObject: {
        apiVersion: "k8s.cni.cncf.io/v1",
        kind: "NetworkAttachmentDefinition",
        namespace: "default",
        name: "blue",
        uid: "planted-3",
      },
      source: { component: "berth-reconciler", host: "node-1" },
    });
    const whole = { apiVersion: "k8s.cni.cncf.io/v1", kind: definitions.kind, ...desk.server.all(definitions)[0] };
    desk.desk.files.set("nad.json", JSON.stringify(whole));
    const { out } = await desk.berthctl("check-config", "nad.json");
    const fault =
      out
        .split("\n")
        .find((line) => line.includes("ipam.range"))
        ?.trim() ?? out;
    expect(event?.["message"]).toContain(fault);
  });

  test("that is written later is told then, and one that is put right no more", async () => {
    desk.nad("blue", fine);
    elect()();
    await clock.advance(10_000);
    expect(told()).toEqual([]);
    write("blue", broken);
    await clock.advance(2_000);
    expect(told()).toEqual(["1 BerthRefused NetworkAttachmentDefinition default/blue"]);
    write("blue", fine);
    await clock.advance(10_000);
    expect(told()).toHaveLength(1);
  });

  test("or that disagrees with another one of its pool is told on both", async () => {
    desk.nad("blue", fine);
    elect()();
    await clock.advance(2_000);
    desk.nad("apart", apart);
    await clock.advance(2_000);
    expect(told().toSorted()).toEqual([
      "1 BerthDisagrees NetworkAttachmentDefinition default/apart",
      "1 BerthDisagrees NetworkAttachmentDefinition default/blue",
    ]);
  });

  test("is told once for each of its states and faults, however often it is looked at", async () => {
    desk.nad("blue", broken);
    elect()();
    for (let hour = 0; hour < 5; hour += 1) {
      await clock.advance(3_600_000);
      desk.nad(`other-${hour}`, { range: `10.${hour + 1}.0.0/24` });
    }
    await clock.advance(2_000);
    expect(told()).toHaveLength(1);
    write("blue", { ...broken, exclude: [] });
    await clock.advance(2_000);
    expect(told()).toHaveLength(2);
  });

  test("is told once by a member that is elected again, and counted by another one", async () => {
    desk.nad("blue", broken);
    const run = elect();
    for (let term = 0; term < 3; term += 1) {
      const resign = run();
      await clock.advance(2_000);
      await resign();
    }
    expect(told()).toEqual(["1 BerthRefused NetworkAttachmentDefinition default/blue"]);
    elect()();
    await clock.advance(2_000);
    expect(told()).toEqual(["2 BerthRefused NetworkAttachmentDefinition default/blue"]);
  });

  test("is told when nobody answered the first time, at the next list", async () => {
    desk.nad("blue", broken);
    let isAway = true;
    const transport: FakeApiOptions["transport"] = async (call, deed) =>
      isAway && call.resource === "events" ? { kind: "unknown", reason: "no answer", mayLand: true } : deed();
    elect({ transport })();
    await clock.advance(2_000);
    isAway = false;
    expect({ told: told(), logged }).toEqual({ told: [], logged: ["Cannot tell of a network definition: no answer"] });
    desk.server.dropWatches();
    await clock.advance(60_000);
    expect(told()).toHaveLength(1);
  });

  test("where Events may not be made is asked for once", async () => {
    desk.nad("blue", broken);
    let asked = 0;
    const transport: FakeApiOptions["transport"] = async (call, deed) => {
      if (call.resource !== "events") return deed();
      asked += 1;
      return { kind: "refused", status: 403, reason: "Forbidden", message: "events is forbidden" };
    };
    elect({ transport })();
    await clock.advance(3 * 3_600_000);
    expect(asked).toBe(1);
  });
});

test("without the kind it waits, and looks again within minutes; why is logged once", async () => {
  let isThere = false;
  const transport: FakeApiOptions["transport"] = async (call, deed) =>
    isThere || call.resource !== definitions.plural
      ? deed()
      : {
          kind: "refused",
          status: 404,
          reason: "NotFound",
          message: "the server could not find the requested resource",
        };
  desk.nad("blue", broken);
  elect({ transport })();
  await clock.advance(3_600_000);
  expect({ told: told(), logged }).toEqual({
    told: [],
    logged: ["Cannot follow network definitions: the server could not find the requested resource"],
  });
  isThere = true;
  await clock.advance(120_000);
  expect(told()).toHaveLength(1);
});

test("what neither Berth nor Whereabouts serves is not looked at", async () => {
  desk.nadText(
    "other",
    JSON.stringify({ cniVersion: "1.0.0", type: "macvlan", ipam: { type: "host-local", subnet: 3 } }),
  );
  desk.nadText("odd", "{");
  elect()();
  await clock.advance(10_000);
  expect(told()).toEqual([]);
});

test("a watch that breaks off misses nothing", async () => {
  desk.nad("blue", fine);
  elect()();
  await clock.advance(10_000);
  desk.server.dropWatches();
  write("blue", broken);
  await clock.advance(60_000);
  expect(told()).toHaveLength(1);
});
