/**
 * Definitions as they are read and noted: once, and again when they change.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { Definitions } from "../../../core/flow/definitions.ts";
import { ownWorld } from "../../support/own-world.ts";
import { berthConfig, given } from "../../support/world.ts";

describe("definitions", () => {
  test("a warning is logged once for a text, not for every call", async () => {
    const world = ownWorld();
    const config = {
      ...berthConfig(),
      ipam: { type: "whereabouts", range: "10.0.0.0/29", kubernetes: { kubeconfig: "/k" } },
    };
    await world.add({ config });
    await world.add({ config, containerId: "c2" });
    const warnings = world.logged.filter(({ message }) => message.startsWith("A definition has a fault"));
    expect(warnings.length).toBeGreaterThan(0);
    expect(new Set(warnings.map(({ message }) => message)).size).toBe(warnings.length);
  });

  test("a flat file that changes is read again, under the same text", async () => {
    let text = '{"gateway":"10.0.0.1"}';
    const flatFiles = { read: async () => ({ path: "/etc/whereabouts.conf", text }) };
    const world = ownWorld({ networks: [""], wrap: (ports) => ({ ...ports, flatFiles }) });
    const config = { ...berthConfig(), ipam: { type: "whereabouts", range: "10.0.0.0/29" } };
    expect(given(await world.add({ config }))).toEqual(["10.0.0.2/29"]);
    text = '{"gateway":"10.0.0.3"}';
    expect(given(await world.add({ config, containerId: "c2" }))).toEqual(["10.0.0.1/29"]);
  });

  test("a definition that changes its ranges is noted again, and counts no address twice", async () => {
    const world = ownWorld();
    given(await world.add());
    const wider = berthConfig({ ranges: [{ range: "10.0.0.0/28" }] });
    expect(given(await world.add({ config: wider, containerId: "c2" }))).toEqual(["10.0.0.2/28"]);
    expect(given(await world.add({ containerId: "c3" }))).toEqual(["10.0.0.3/29"]);
  });

  test("more texts than are kept are read again, the oldest first; what each says stays the same", async () => {
    const world = ownWorld();
    const warned = () => world.logged.filter(({ message }) => message.startsWith("A definition has a fault")).length;
    const text = (at: number) => {
      const ipam = {
        type: "whereabouts",
        range: "10.0.0.0/29",
        network_name: "blue",
        kubernetes: { kubeconfig: "/k" },
      };
      return JSON.stringify({ ...berthConfig({}, `net-${at}`), ipam });
    };
    const read = new Definitions(world.ports);
    for (let at = 0; at <= 512; at += 1) await read.read(text(at), {});
    const before = warned();
    await read.read(text(512), {});
    expect(warned(), "one that is kept").toBe(before);
    expect(await read.read(text(0), {})).toMatchObject({ definition: { name: "net-0" } });
    expect(warned(), "the oldest").toBeGreaterThan(before);
  });
});
