/**
 * What is a trace of Whereabouts, and what only looks like one.
 *
 * @module
 */
import { expect, test } from "vitest";
import { leaseTraceOf, podTraceOf, traceOf } from "../../../core/migrate/traces.ts";

const metadata = { name: "ipam", namespace: "multus" };
const trace = { kind: "DaemonSet", namespace: "multus", name: "ipam" };

function template(...containers: readonly unknown[]) {
  return { template: { spec: { containers } } };
}

test.for([
  { name: "with a container of its name", spec: template({ name: "whereabouts-ctl" }), is: trace },
  { name: "with its image", spec: template({ name: "main", image: "r:5000/Whereabouts:v1" }), is: trace },
  {
    name: "that installs it first",
    spec: { template: { spec: { initContainers: [{ name: "install", image: "whereabouts" }], containers: [] } } },
    is: trace,
  },
  { name: "of a registry that is named so", spec: template({ name: "main", image: "whereabouts.io/other:v1" }) },
  { name: "of something else", spec: template({ name: "main", image: "nginx" }) },
  { name: "whose containers have no image", spec: template({ name: "main" }) },
  { name: "whose containers are nonsense", spec: template("whereabouts", 7) },
  { name: "without containers", spec: { template: { spec: {} } } },
])("a workload $name", ({ spec, is }) => {
  expect(traceOf({ metadata, spec }, "DaemonSet")).toEqual(is);
});

test("a workload of Berth is none, whatever its name", () => {
  const labels = { "app.kubernetes.io/name": "berth" };
  expect(traceOf({ metadata: { name: "whereabouts-guard", labels } }, "DaemonSet")).toBeUndefined();
});

test.for([
  { phase: "Pending", serves: true },
  { phase: "Running", serves: true },
  { phase: "Succeeded", serves: false },
  { phase: "Failed", serves: false },
])("a pod of it that is $phase: still serves or will: $serves", ({ phase, serves }) => {
  const pod = { metadata: { name: "whereabouts-x1", namespace: "multus" }, spec: {}, status: { phase } };
  expect(podTraceOf(pod) !== undefined).toBe(serves);
});

test.for([
  { name: "renewed", spec: { renewTime: "then" }, renewedMs: 5 },
  { name: "that was never renewed", spec: {}, renewedMs: undefined },
  { name: "whose time is no text", spec: { renewTime: 7 }, renewedMs: undefined },
])("a Lease $name", ({ spec, renewedMs }) => {
  const read = leaseTraceOf({ metadata, spec }, (text) => (text === "then" ? 5 : undefined));
  expect(read).toEqual({ ...metadata, renewedMs });
});
