/**
 * What a journal and the cluster say of each other, as a plan (P14, P15).
 *
 * @module
 */
import { expect, test } from "vitest";
import { type Comparison, planComparison } from "../../../core/flow/compare.ts";
import type { Reservation } from "../../../core/ports/cluster.ts";
import type { Row } from "../../../core/ports/journal.ts";
import { attachment, claim, holder, newRow, place } from "../../support/samples.ts";

/** This node's lease of 10.0.0.5. */
function row(changes: Partial<Row> = {}): Row {
  const fresh = { id: 1, state: "lease", reason: "", conflict: "", answeredMs: 1, version: "u/1" } as const;
  return { ...newRow("10.0.0.5"), attempts: ["mine"], ...fresh, ...changes };
}

function reservation(changes: Partial<Reservation> = {}): Reservation {
  const marks = { name: "blue-10.0.0.5", uid: "u", revision: 1n, journal: "journal-1", isLabelled: true, twinOf: "" };
  return { ...claim("10.0.0.5", { attempt: "theirs" }), ...marks, version: "u/1", ...changes };
}

/** In which lists of the plan it is. */
function planned(seen: Partial<Comparison>): readonly string[] {
  const whole = { rows: [], own: [reservation()], finished: [], running: new Set<string>(), opened: undefined };
  const plan = planComparison({ ...whole, journal: "journal-1", bootId: "boot-1", ...seen });
  return Object.entries(plan).flatMap(([name, list]) =>
    (Array.isArray(list) ? list.length > 0 : list !== undefined) ? [name] : [],
  );
}

const off = (pool: string) => place("10.0.0.5", { pool, overlapping: false });
const newer = holder({ attachment: attachment({ containerId: "c2" }) });

test.for<{ name: string; seen: Partial<Comparison>; is: readonly string[] }>([
  { name: "a reservation that nobody knows is imported", seen: {}, is: ["import"] },
  { name: "one that a lease has is known", seen: { rows: [row({ attempts: ["theirs"] })] }, is: [] },
  {
    name: "one that a lease in conflict has again settles it",
    seen: { rows: [row({ attempts: ["theirs"], conflict: "pod default/wb" })] },
    is: ["settled"],
  },
  { name: "a lease without one is missing", seen: { rows: [row()], own: [] }, is: ["missing"] },
  { name: "what is on its way back is not missing", seen: { rows: [row({ state: "freeing" })], own: [] }, is: [] },
  { name: "one of an ADD that runs now is left to it", seen: { running: new Set(["theirs"]) }, is: [] },
  {
    name: "one of an ADD that has ended is given back",
    seen: { finished: [{ attempt: "theirs", uid: "" }] },
    is: ["giveBack"],
  },
  {
    name: "one whose end was confirmed shows that the store went back",
    seen: { finished: [{ attempt: "theirs", uid: "u" }] },
    is: ["giveBack", "risen"],
  },
  {
    name: "another object under an attempt whose end was confirmed does not",
    seen: { finished: [{ attempt: "theirs", uid: "another" }] },
    is: ["giveBack"],
  },
  {
    name: "a further one that another node's agent made is no other agent's under this node's name",
    seen: {
      rows: [row({ attempts: ["theirs"] })],
      own: [reservation({ twinOf: "blue-10.0.0.5", journal: "journal-2", revision: 9n, sinceMs: 9 })],
      opened: { revision: 1n, atMs: 1, boot: { bootId: "boot-1", bootNs: 0n } },
      begun: 2n,
    },
    is: [],
  },
  {
    name: "a further one comes and goes with its first",
    seen: { own: [reservation({ twinOf: "blue-10.0.0.5" })] },
    is: [],
  },
  {
    name: "one of the same pod's newer sandbox is taken over",
    seen: { rows: [row()], own: [reservation({ holder: newer })] },
    is: ["adopted"],
  },
  {
    name: "one of the same container is taken over, also where no pod is known",
    seen: {
      rows: [row({ holder: holder({ pod: undefined }) })],
      own: [reservation({ holder: holder({ pod: undefined }) })],
    },
    is: ["adopted"],
  },
  {
    name: "one of another container, where no pod is known, is another's",
    seen: {
      rows: [row({ holder: holder({ pod: undefined }) })],
      own: [reservation({ holder: { ...newer, pod: undefined } })],
    },
    is: ["displaced", "missing"],
  },
  {
    name: "one of the same pod's other interface is another's",
    seen: { rows: [row()], own: [reservation({ holder: holder({ attachment: attachment({ ifName: "net2" }) }) })] },
    is: ["displaced", "missing"],
  },
  {
    name: "one that is withheld by now is another's",
    seen: { rows: [row()], own: [reservation({ kind: "withheld", holder: undefined })] },
    is: ["displaced", "missing"],
  },
  {
    name: "one is taken over by what an old journal still takes for an intent",
    seen: { rows: [row({ state: "intent" })], own: [reservation({ holder: newer })] },
    is: ["adopted"],
  },
  {
    name: "but not by the intent of an ADD that runs now",
    seen: { rows: [row({ state: "intent" })], own: [reservation({ holder: newer })], running: new Set(["mine"]) },
    is: ["import"],
  },
  {
    name: "an intent of an old journal displaces what another holds by now",
    seen: {
      rows: [row({ state: "intent", holder: holder({ pod: undefined }) })],
      own: [reservation({ holder: newer })],
    },
    is: ["displaced"],
  },
  {
    name: "what is on its way back displaces nobody",
    seen: { rows: [row({ state: "freeing" })], own: [reservation({ holder: { ...newer, pod: undefined } })] },
    is: ["import"],
  },
  {
    name: "one of the same pool with overlapping ranges off is of the same place",
    seen: {
      rows: [row({ place: off("10.0.0.0/24") })],
      own: [reservation({ place: off("10.0.0.0/24"), holder: newer })],
    },
    is: ["adopted"],
  },
  {
    name: "one of another pool with overlapping ranges off is of another place",
    seen: {
      rows: [row({ place: off("10.0.0.0/24") })],
      own: [reservation({ place: off("10.0.0.0/25"), holder: newer })],
    },
    is: ["import", "missing"],
  },
  {
    name: "one of another network is of another place",
    seen: { rows: [row()], own: [reservation({ place: place("10.0.0.5", { network: "red" }), holder: newer })] },
    is: ["import", "missing"],
  },
])("$name", ({ seen, is }) => {
  expect(planned(seen)).toEqual(is);
});
