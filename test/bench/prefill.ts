/**
 * Fills a state file with leases through the real store and journal, as 60,000 ADDs would have: for measuring beside them.
 *
 * @module
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import { createJournal } from "../../adapters/sqlite/journal.ts";
import { openStateFile } from "../../adapters/sqlite/open.ts";
import { createEmbeddedStore } from "../../adapters/sqlite/store.ts";
import { createWriter } from "../../adapters/sqlite/writer.ts";
import { createClock } from "../../adapters/system/clock.ts";
import { addressOf } from "../../core/ip/address.ts";
import type { Holder } from "../../core/ports/holder.ts";
import type { Claim } from "../../core/ports/store.ts";

/** @param netns a namespace that stands, so that no sweep takes the leases away */
export async function prefill(stateDir: string, count: number, netns: string): Promise<void> {
  const opened = openStateFile(join(stateDir, "berth.db"), { journalId: "bench" });
  if (opened.kind === "fault") throw new Error(opened.fault.message);
  const writer = createWriter(opened.database);
  const store = createEmbeddedStore(opened.database, writer);
  const journal = createJournal(opened.database, writer, { isKept: () => true, giveUp: () => false });
  const { bootId, nowMs } = createClock();
  const { dev, ino } = statSync(netns, { bigint: true });
  for (let n = 0; n < count; n += 1) {
    const address = addressOf(4, 0x0a_00_00_01n + BigInt(n));
    if (address === undefined) throw new Error("out of addresses");
    const holder: Holder = {
      attachment: { definition: "bench", containerId: `old-${n}`.padEnd(64, "0"), ifName: "eth0" },
      pod: { namespace: "default", name: `old-${n}`, uid: `uid-${n}` },
      node: "bench",
      started: { bootId, bootNs: 1n },
      evidence: { kind: "seen", path: netns, device: dev.toString(), inode: ino.toString(), bootId },
    };
    const place = { network: "bench", pool: "10.0.0.0/8", overlapping: true, address };
    const claim: Claim = { place, kind: "dynamic", attempt: `attempt-${n}`, holder, sinceMs: nowMs(), reason: "" };
    const intent = await journal.commit([
      {
        kind: "intend",
        row: {
          holder,
          place,
          kind: "dynamic",
          index: 0,
          attempts: [claim.attempt],
          sinceMs: claim.sinceMs,
          reuseAfterMs: 0,
        },
      },
    ]);
    const answer = await store.claim(claim);
    const id = intent.kind === "committed" ? intent.ids[0] : undefined;
    if (answer.kind !== "held" || id === undefined) throw new Error(`cannot fill: ${answer.kind}, ${intent.kind}`);
    await journal.commit([
      { kind: "lease", id, version: answer.version },
      { kind: "answer", ids: [id], atMs: claim.sinceMs },
    ]);
  }
  opened.database.close();
}
