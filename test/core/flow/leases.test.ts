/**
 * Walking through the journal, page by page.
 *
 * @module
 */
import { expect, test } from "vitest";
import { createCanceller } from "../../../core/flow/canceller.ts";
import { eachLease } from "../../../core/flow/leases.ts";
import { revisionOfVersion } from "../../../core/flow/revision.ts";
import type { Row } from "../../../core/ports/journal.ts";
import { newRow } from "../../support/samples.ts";
import { createVirtualClock } from "../../support/virtual-clock.ts";
import { createMemoryJournal, emptyJournal } from "../../support/memory-journal.ts";

/** A journal of three pages with one lease each. */
function paged() {
  const rows = [1, 2, 3].map((id): Row => {
    const fresh = { id, state: "lease", reason: "", conflict: "", answeredMs: 1, version: "1" } as const;
    return { ...newRow(`10.0.0.${id}`), ...fresh };
  });
  const clock = createVirtualClock();
  const journal = createMemoryJournal(emptyJournal("j"), { nowMs: clock.nowMs });
  const page = async (_state: unknown, after = 0) => ({
    rows: rows.slice(after, after + 1),
    next: after + 1 < rows.length ? after + 1 : undefined,
  });
  return { clock, journal: { ...journal, page } };
}

test("each lease comes once, over all pages", async () => {
  const needs = paged();
  const seen: number[] = [];
  const walk = async () => {
    for await (const { id } of eachLease(needs)) seen.push(id);
  };
  await needs.clock.until(walk());
  expect(seen).toEqual([1, 2, 3]);
});

test("whoever gives up in the middle reads no further page", async () => {
  const needs = paged();
  const { signal, cancel } = createCanceller();
  const seen: number[] = [];
  const walk = async () => {
    for await (const { id } of eachLease(needs, signal)) {
      seen.push(id);
      if (id === 2) cancel();
    }
  };
  await needs.clock.until(walk());
  expect(seen).toEqual([1, 2]);
});

test.for([
  { version: "u/7", is: 7n },
  { version: "7", is: -1n },
  { version: "u/", is: -1n },
  { version: "u/x7", is: -1n },
  { version: "", is: -1n },
])("a version $version was made at revision $is, where -1 is unknown", ({ version, is }) => {
  expect(revisionOfVersion(version)).toBe(is);
});
