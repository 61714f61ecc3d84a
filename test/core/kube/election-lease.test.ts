/**
 * The elected member's record as a Lease: every write a compare-and-set, whatever stood in it.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { createElectionLease } from "../../../core/kube/reconcile/election-lease.ts";
import { leases } from "../../../core/kube/resources.ts";
import { createFakeApi } from "../../support/fake-api.ts";
import { createFakeServer } from "../../support/fake-api-server.ts";

const namespace = "kube-system";
const name = { resource: leases, namespace, name: "berth-reconciler" };

function stage() {
  const server = createFakeServer();
  let nowMs = 1_700_000_000_000;
  const open = () =>
    createElectionLease({
      api: createFakeApi(server),
      namespace,
      durationMs: 120_000,
      nowMs: () => (nowMs += 1000),
      microTime: (ms) => new Date(ms).toISOString().replace("Z", "000Z"),
      readTime: (text) => (Number.isNaN(Date.parse(text)) ? undefined : Date.parse(text)),
    });
  const spec = () => {
    const found = server.read(name);
    return found.kind === "object" ? found.object["spec"] : undefined;
  };
  const marks = () => {
    const found = server.read(name);
    return found.kind === "object" ? found.object.metadata.annotations : undefined;
  };
  return { server, open, spec, marks };
}

async function held(made: ReturnType<typeof stage>, holder = "node-1") {
  const answer = await made.open().write(undefined, holder);
  if (answer.kind !== "written") throw new Error(JSON.stringify(answer));
  return answer.record;
}

describe("the Lease of the elected member", () => {
  test("is made where there is none, says what kubectl shows, and is read back", async () => {
    const made = stage();
    expect(await made.open().read()).toEqual({ kind: "record", record: undefined });
    const record = await held(made);
    expect(made.spec()).toEqual({
      holderIdentity: "node-1",
      leaseDurationSeconds: 120,
      acquireTime: "2023-11-14T22:13:21.000000Z",
      renewTime: "2023-11-14T22:13:21.000000Z",
    });
    expect(await made.open().read()).toEqual({ kind: "record", record });
  });

  test("changes its version with every renewal, and keeps the time when it was taken", async () => {
    const made = stage();
    const lease = made.open();
    const first = await lease.write(undefined, "node-1");
    if (first.kind !== "written") throw new Error(first.kind);
    const second = await lease.write(first.record, "node-1");
    expect(second).toMatchObject({ kind: "written", record: { holder: "node-1" } });
    expect(second).not.toEqual(first);
    expect(made.spec()).toMatchObject({
      acquireTime: "2023-11-14T22:13:21.000000Z",
      renewTime: "2023-11-14T22:13:22.000000Z",
    });
  });

  test("remembers when the elected part ran last, over renewals, over giving it up, and for another member", async () => {
    const made = stage();
    const lease = made.open();
    const first = await lease.write(undefined, "node-1", 1_699_999_999_000);
    if (first.kind !== "written") throw new Error(first.kind);
    expect(first.record.lastRunMs).toBe(1_699_999_999_000);
    const second = await lease.write(first.record, "node-1", 1_700_000_000_000);
    if (second.kind !== "written") throw new Error(second.kind);
    expect((await lease.write(second.record, "")).kind).toBe("written");
    expect(made.marks()).toEqual({ "ipam.berth.io/last-run": "2023-11-14T22:13:20.000000Z" });
    expect(await made.open().read()).toMatchObject({ record: { holder: "", lastRunMs: 1_700_000_000_000 } });
  });

  test.each([
    { name: "none", annotations: undefined },
    { name: "only somebody else's", annotations: { "example.com/note": "ours" } },
    { name: "one that is no time", annotations: { "ipam.berth.io/last-run": "yesterday" } },
  ])("with $name of annotations tells no run, and takes one beside what stands there", async ({ annotations = {} }) => {
    const made = stage();
    const marks = Object.keys(annotations).length === 0 ? {} : { annotations };
    made.server.plant(leases, { metadata: { name: name.name, namespace, uid: "u", ...marks }, spec: {} });
    const read = await made.open().read();
    if (read.kind !== "record") throw new Error(read.kind);
    expect(read.record?.lastRunMs).toBeUndefined();
    await made.open().write(read.record, "node-1", 0);
    expect(made.marks()).toEqual({ ...annotations, "ipam.berth.io/last-run": "1970-01-01T00:00:00.000000Z" });
  });

  test("given up says nobody, and may be taken", async () => {
    const made = stage();
    await made.open().write(await held(made), "");
    expect(made.spec()).toMatchObject({ holderIdentity: "", leaseDurationSeconds: 1 });
    expect(await made.open().read()).toMatchObject({ kind: "record", record: { holder: "" } });
  });

  test.each([
    { name: "made meanwhile", deed: async () => undefined, over: undefined },
    {
      name: "written meanwhile",
      deed: async (made: ReturnType<typeof stage>) =>
        void made.server.patch(name, [{ op: "add", path: "/spec/holderIdentity", value: "node-2" }]),
      over: "held",
    },
    {
      name: "removed meanwhile",
      deed: async (made: ReturnType<typeof stage>) => made.server.uproot(name),
      over: "held",
    },
    {
      name: "removed and made anew meanwhile",
      deed: async (made: ReturnType<typeof stage>) => {
        made.server.uproot(name);
        await held(made, "node-2");
      },
      over: "held",
    },
  ])("is not written when it was $name", async ({ deed, over }) => {
    const made = stage();
    const record = await held(made);
    await deed(made);
    const before = made.spec();
    expect(await made.open().write(over === undefined ? undefined : record, "node-1")).toEqual({ kind: "changed" });
    expect(made.spec()).toEqual(before);
  });

  test.each([
    { name: "no spec", object: {} },
    { name: "a holder that is no text", object: { spec: { holderIdentity: 7, renewTime: "soon" } } },
    { name: "a spec that is a list", object: { spec: ["node-1"] } },
    { name: "times of another century", object: { spec: { holderIdentity: "", renewTime: "1900-01-01T00:00:00Z" } } },
  ])("with $name is nobody's, and is written over", async ({ object }) => {
    const made = stage();
    made.server.plant(leases, { metadata: { name: name.name, namespace, uid: "u" }, ...object });
    const read = await made.open().read();
    if (read.kind !== "record") throw new Error(read.kind);
    expect(read.record?.holder).toBe("");
    expect(await made.open().write(read.record, "node-1")).toMatchObject({ kind: "written" });
    expect(made.spec()).toMatchObject({ holderIdentity: "node-1" });
  });

  test("that may not be read is told, with the server's words", async () => {
    const forbidden = { kind: "refused", status: 403, reason: "Forbidden", message: "cannot get leases" } as const;
    const api = createFakeApi(undefined, { transport: async () => forbidden });
    const lease = createElectionLease({
      api,
      namespace,
      durationMs: 1,
      nowMs: () => 0,
      microTime: String,
      readTime: Number,
    });
    expect(await lease.read()).toEqual({ kind: "unknown", reason: "cannot get leases" });
    expect(await lease.write(undefined, "n")).toEqual({ kind: "unknown", reason: "cannot get leases" });
  });
});
