/**
 * What CHECK says when the previous result is not what the lease is.
 *
 * @module
 */
import { describe, expect, it } from "vitest";
import { checkPrevResult } from "../../../core/cni/check-prev-result.ts";
import { given } from "./given.ts";

const held = [given("10.0.0.5/24"), given("2001:db8::5/64")];
const about = { containerId: "c1", ifName: "net1", network: "n" };

describe("checkPrevResult()", () => {
  it.each([
    ["all agree", { held, believed: held, seen: held }, []],
    [
      "others have added addresses",
      { held, believed: [...held, given("10.9.0.1/24")], seen: [given("fe80::1/64"), ...held] },
      [],
    ],
    ["the interface was not looked at", { held, believed: held, seen: undefined }, []],
    ["nothing is held", { held: [], believed: held, seen: held }, ["LeaseMissing c1 net1"]],
    ["prevResult lacks one", { held, believed: held.slice(0, 1), seen: held }, ["ResultDiffers 2001:db8::5/64"]],
    [
      "prevResult has another length",
      { held, believed: [given("10.0.0.5/16"), ...held.slice(1)], seen: held },
      ["ResultDiffers 10.0.0.5/24"],
    ],
    [
      "the interface lacks both",
      { held, believed: held, seen: [] },
      ["InterfaceDiffers net1", "InterfaceDiffers net1"],
    ],
    [
      "the interface has another length",
      { held, believed: held, seen: [given("10.0.0.5/32"), ...held.slice(1)] },
      ["InterfaceDiffers net1"],
    ],
  ])("judges that %s", (_name, input, wanted) => {
    const failures = checkPrevResult(input, about);
    expect(failures.map(({ name, message }) => `${name} ${/"(.*?)"/.exec(message)?.[1]}`)).toEqual(wanted);
    for (const { details } of failures) expect(details).toContain("network n");
  });

  it("says what was found instead, but no more than fits", () => {
    const many = Array.from({ length: 10 }, (_, i) => given(`10.1.0.${i}/24`));
    const [differs] = checkPrevResult({ held: held.slice(0, 1), believed: many, seen: undefined }, about);
    expect(differs?.message).toMatch(/which has 10\.1\.0\.0\/24, .*, 2 more$/);
    const [none] = checkPrevResult({ held: held.slice(0, 1), believed: [], seen: undefined }, {});
    expect(none?.message).toBe('Cannot confirm address "10.0.0.5/24": expected it in prevResult, which has none');
    const [missing] = checkPrevResult({ held: [], believed: [], seen: undefined }, {});
    expect(missing?.name).toBe("LeaseMissing");
    const [gone] = checkPrevResult({ held, believed: held, seen: [] }, {});
    expect(gone?.name).toBe("InterfaceDiffers");
  });
});
