/**
 * Events: on what they are about, where the API server takes them, and never too long.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { aboutNode, aboutPod, eventKey, eventOf, formatEvent, type Telling } from "../../../core/kube/event.ts";

const teller = {
  component: "berth-reconciler",
  node: "node-1",
  nowMs: () => 5,
  timestamp: (ms: number) => `T${ms}`,
} as const;
const pod = { namespace: "default", name: "web-0", uid: undefined };

function telling(changes: Partial<Telling> = {}): Telling {
  return { type: "Normal", reason: "BerthFreed", message: "m", about: aboutPod(pod), key: "k", ...changes };
}

describe("an Event", () => {
  test("is in the namespace of its pod, and says who tells it", () => {
    expect(formatEvent(telling(), teller)).toEqual({
      apiVersion: "v1",
      kind: "Event",
      metadata: { name: "berth-berthfreed-k", namespace: "default" },
      type: "Normal",
      reason: "BerthFreed",
      message: "m",
      involvedObject: { apiVersion: "v1", kind: "Pod", namespace: "default", name: "web-0", uid: "" },
      source: { component: "berth-reconciler", host: "node-1" },
      firstTimestamp: "T5",
      lastTimestamp: "T5",
      count: 1,
    });
  });

  test("about a node is in namespace default, the only one that the API server takes it in", () => {
    expect(formatEvent(telling({ about: aboutNode("node-9") }), teller)).toMatchObject({
      metadata: { namespace: "default" },
      involvedObject: { apiVersion: "v1", kind: "Node", name: "node-9", uid: "node-9" },
    });
  });

  test.for([
    { name: "of letters", message: "m".repeat(2_000), is: `${"m".repeat(1_021)}…` },
    { name: "of two bytes a letter", message: "ü".repeat(600), is: `${"ü".repeat(510)}…` },
    { name: "of four bytes a character", message: "😀".repeat(300), is: `${"😀".repeat(255)}…` },
    { name: "that just fits", message: "ü".repeat(512), is: "ü".repeat(512) },
    { name: "with half a character", message: "a\ud800b", is: "a�b" },
  ])("has at most 1,024 bytes of a message $name, in whole characters", ({ message, is }) => {
    expect(formatEvent(telling({ message }), teller)["message"]).toBe(is);
  });

  test("of an agent is told anew each time, on the pod or on its own node", () => {
    const about = { node: "node-1", nowMs: () => 5, timestamp: () => "T" };
    expect(eventOf({ reason: "BerthConflict", message: "m", pod }, about)).toMatchObject({
      metadata: { name: "berth-berthconflict-5", namespace: "default" },
      type: "Warning",
      involvedObject: { kind: "Pod", name: "web-0", uid: "" },
      source: { component: "berth-agent" },
    });
    expect(eventOf({ reason: "BerthTwoAgents", message: "m", pod: undefined }, about)).toMatchObject({
      metadata: { namespace: "default" },
      involvedObject: { kind: "Node", name: "node-1" },
    });
  });

  test("is another one when any part of its key is, wherever the parts meet", () => {
    expect(eventKey("a", "b")).toMatch(/^[0-9a-f]{16}$/);
    expect(new Set([eventKey("a", "b"), eventKey("ab"), eventKey("a", "c"), eventKey("", "ab")]).size).toBe(4);
  });
});
