/**
 * The list a GC brings, under its right and its mistaken name.
 *
 * @module
 */
import { describe, expect, it } from "vitest";
import { readValidAttachments } from "../../../core/cni/valid-attachments.ts";

const spec = "cni.dev/valid-attachments";
const mistaken = "cni.dev/attachments";
const one = { containerID: "c1", ifname: "net1" };
const read = (config: object) => readValidAttachments(JSON.stringify(config));

describe("readValidAttachments()", () => {
  it.each([
    ["the spec's key", { [spec]: [one] }, ["c1 net1"]],
    ["the mistaken key", { [mistaken]: [one] }, ["c1 net1"]],
    [
      "both, so that what either keeps is kept",
      { [spec]: [one], [mistaken]: [{ ...one, ifname: "net2" }] },
      ["c1 net1", "c1 net2"],
    ],
    ["an empty list", { [spec]: [] }, []],
    ["Go's empty list", { [spec]: null }, []],
    ["entries with more in them", { [spec]: [{ ...one, x: 1 }] }, ["c1 net1"]],
  ])("reads %s", (_name, config, wanted) => {
    const read_ = read(config);
    if (read_.kind !== "attachments") throw new Error(read_.kind);
    expect(read_.attachments.map(({ containerId, ifName }) => `${containerId} ${ifName}`)).toEqual(wanted);
  });

  it("tells a missing list from an empty one: nothing may be freed", () => {
    expect(read({ name: "net" })).toEqual({ kind: "missing" });
  });

  it.each([
    ["no list", { [spec]: {} }, spec],
    ["an entry without interface", { [spec]: [one, { containerID: "c2" }] }, `${spec}[1]`],
    ["an entry without container", { [mistaken]: [{ ifname: "x" }] }, `${mistaken}[0]`],
    ["an entry that is null", { [spec]: [null] }, `${spec}[0]`],
  ])("refuses the whole of %s", (_name, config, path) => {
    expect(read(config)).toMatchObject({ kind: "malformed", fault: { path } });
  });

  it("refuses broken JSON", () => {
    expect(readValidAttachments(`{"${spec}":[`)).toMatchObject({ kind: "malformed" });
  });
});
