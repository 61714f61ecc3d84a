/**
 * The rules of reclaiming (P17, P18), each lost by a change of the source. What a second look would save is lost together with it.
 *
 * @module
 */
import type { Edit, PlantedFault } from "./planted-fault.ts";

const run = "core/flow/reconcile/reconcile.ts";
const again = "core/flow/reconcile/second-look.ts";

/** What the first look says is done at once. */
const oneLook: readonly Edit[] = [
  {
    file: run,
    find: "const verdict = judge(sight, { ms: 0, isUncached: false }, this.#needs.times);",
    replace:
      'const verdict = judge(sight, { ms: 9e9, isUncached: true }, this.#needs.times);\n      if (verdict.kind === "free") void this.#needs.scene.free(sight.lease);',
  },
];

export const memberFaults: readonly PlantedFault[] = [
  {
    name: "p17-no-second-look",
    lost: "P17: what seems gone is freed at once",
    mode: "exclusive",
    seeds: 51,
    edits: oneLook,
  },
  {
    name: "p17-pods-before-leases",
    lost: "P17: pods are read before leases, and what came in between seems gone",
    mode: "exclusive",
    seeds: 51,
    edits: [
      ...oneLook,
      {
        file: "core/flow/reconcile/look-elsewhere.ts",
        find: "const leases = await collect<Reservation>((reader) => scene.leasesOf(name, { ...reader, unreadable }));",
        replace:
          'const early = await PodList.read(scene, name, node.kind === "lost");\n  const leases = await collect<Reservation>((reader) => scene.leasesOf(name, { ...reader, unreadable }));',
      },
      {
        file: "core/flow/reconcile/look-elsewhere.ts",
        find: 'const pods = await PodList.read(scene, name, node.kind === "lost");',
        replace: "const pods = early;",
      },
    ],
  },
  {
    name: "p17-failed-read",
    lost: "P17: a pod that cannot be read counts as absent",
    mode: "exclusive",
    seeds: 766,
    edits: [
      {
        file: "core/flow/reconcile/pod-sight.ts",
        find: 'if ("kind" in found) return { kind: "unknown", reason: found.reason };',
        replace: 'if ("kind" in found) return { kind: "gone", why: "absent" };',
      },
    ],
  },
  {
    name: "p17-empty-list",
    lost: "P17: an empty list of nodes is believed",
    mode: "exclusive",
    seeds: 392,
    edits: [
      {
        file: "core/flow/reconcile/look-elsewhere.ts",
        find: "else if (nodes.nodes.size === 0)",
        replace: "else if (nodes.nodes.size < 0)",
      },
      {
        file: again,
        find: "const state = await nodes.of(name);",
        replace: 'const state = seen.nodes.get(name) ?? "absent";',
      },
    ],
  },
  {
    name: "p18-no-such-pod-is-proof",
    lost: "P18: a member takes a missing pod as proof, whatever stands on its node",
    mode: "exclusive",
    seeds: 12,
    edits: [
      {
        file: "core/reconcile/judge.ts",
        find: 'if (namespace.kind === "stands") return keep',
        replace: 'if (namespace.kind === "stands" && gone === "") return keep',
      },
      {
        file: "core/reconcile/judge.ts",
        find: "const why = `${gone}; ${namespace.why}`;",
        replace: "const why = gone;",
      },
    ],
  },
  {
    name: "p12-member-without-cas",
    lost: "P12: a member removes what it judged by its name alone",
    mode: "exclusive",
    seeds: 116,
    edits: [
      {
        file: again,
        find: 'if (now.lease?.version !== sight.lease.version) return { kind: "overtaken" };',
        replace: 'if (now.lease === undefined) return { kind: "overtaken" };',
      },
      {
        file: "core/kube/one.ts",
        find: "const { uid, resourceVersion } = parseVersion(held.version);",
        replace:
          'const { uid, resourceVersion } = needs.journal === "berth-reconciler" ? {} : parseVersion(held.version);',
      },
    ],
  },
];
