/**
 * A power cut takes the last commits of the journal, and every namespace of the machine with them: the invariants stand
 * (DESIGN 4, "What a commit must survive").
 *
 * @module
 */
import { copyFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { formatAddress } from "../../../core/ip/address-text.ts";
import { commitEnds, copyWithout } from "../../support/cut-wal.ts";
import { address } from "../../support/samples.ts";
import { temporaryDirectory } from "../../support/state-file.ts";
import { berthConfig, createWorld, given, type World } from "../../support/world.ts";

const config = berthConfig({ ranges: [{ range: "10.0.0.0/26" }, { range: "fd00::/122" }], reuse_after: "5s" });
const pod = (n: number) => ({ namespace: "default", name: `web-${n}`, uid: `uid-${n}` });

/** A busy minute: pods come, come again with a new sandbox, and go. */
async function live(world: World): Promise<void> {
  for (let n = 0; n < 12; n += 1) {
    world.namespaces.set(`/run/netns/${n}`, String(500 + n));
    given(await world.add({ config, containerId: `c${n}`, netns: `/run/netns/${n}`, pod: pod(n) }));
    if (n === 3) await world.flow.withhold({ network: "blue", address: address("10.0.0.40"), reason: "printer" });
    if (n % 3 === 2) await world.del({ containerId: `c${n - 2}` });
    if (n % 4 === 3) given(await world.add({ config, containerId: `c${n}`, netns: `/run/netns/${n}`, pod: pod(n) }));
    await world.clock.advance(20);
  }
}

async function invariants(world: World): Promise<void> {
  const reservations = await world.reservations();
  const places = reservations.map(({ place }) => formatAddress(place.address));
  expect(new Set(places).size).toBe(places.length);
  for (const { place, attempt, kind } of reservations) {
    if (kind !== "withheld") expect((await world.ports.journal.rowAt(place))?.attempts).toContain(attempt);
  }
}

describe("after a power cut that took the last commits and all namespaces", () => {
  test.each(Array.from({ length: 20 }, (_, n) => n + 1))(
    "%d of them: invariants 1 to 4 stand, and everything comes back",
    async (lost) => {
      const world = createWorld();
      const directory = temporaryDirectory();
      try {
        await live(world);
        const cut = join(directory.path, "state.db");
        copyWithout(lost, world.path, cut);
        const after = world.restart({ bootId: "boot-2", path: cut });
        try {
          after.namespaces.clear();
          await after.clock.until(after.flow.start());
          await after.clock.advance(100);
          await invariants(after);
          expect(await after.held(), "what a person ordered is kept").toContain("10.0.0.40");
          // Every pod comes again under its old uid; two of them were on record with an address.
          const onRecord = new Map(
            (await after.reservations()).map(({ holder, place }) => [
              `${holder?.pod?.uid} ${place.address.family}`,
              formatAddress(place.address),
            ]),
          );
          const seen = new Set<string>();
          for (let n = 0; n < 12; n += 1) {
            after.namespaces.set(`/run/netns/new-${n}`, String(900 + n));
            const addresses = given(
              await after.add({ config, containerId: `new-${n}`, netns: `/run/netns/new-${n}`, pod: pod(n) }),
            ).map((text) => text.split("/")[0] ?? "");
            for (const [at, text] of addresses.entries()) {
              expect(seen.has(text), `${text} was given twice`).toBe(false);
              seen.add(text);
              const before = onRecord.get(`uid-${n} ${at === 0 ? 4 : 6}`);
              if (before !== undefined) expect(text, "a pod lost its address").toBe(before);
            }
          }
          await invariants(after);
          for (let n = 0; n < 12; n += 1) await after.del({ containerId: `new-${n}` });
          await after.clock.advance(1000);
          await after.clock.until(after.flow.sweep());
          await after.clock.advance(1000);
          expect(await after.held()).toEqual(["10.0.0.40"]);
        } finally {
          after.close();
        }
      } finally {
        directory.remove();
      }
    },
  );

  test("a withheld address is written through to the disk, and not other commits", async () => {
    const statements: string[] = [];
    const world = createWorld({ onSql: (sql) => statements.push(sql) });
    try {
      given(await world.add({ config }));
      expect(statements.filter((sql) => sql.includes("synchronous"))).toEqual([]);
      await world.flow.withhold({ network: "blue", address: address("10.0.0.40"), reason: "printer" });
      const ordered = statements.filter((sql) => /synchronous|COMMIT/.test(sql)).slice(-3);
      expect(ordered).toEqual(["PRAGMA synchronous = FULL", "COMMIT", "PRAGMA synchronous = NORMAL"]);
    } finally {
      world.close();
    }
  });
});

describe("cutting the log", () => {
  test("takes away just the commits it says", async () => {
    const world = createWorld();
    const directory = temporaryDirectory();
    try {
      given(await world.add());
      const before = commitEnds(`${world.path}-wal`).length;
      given(await world.add({ containerId: "c2" }));
      expect(commitEnds(`${world.path}-wal`).length).toBeGreaterThan(before + 2);
      const cut = join(directory.path, "cut.db");
      copyWithout(0, world.path, cut);
      copyFileSync(cut, join(directory.path, "whole.db"));
      renameSync(`${cut}-wal`, join(directory.path, "whole.db-wal"));
      const whole = world.restart({ path: join(directory.path, "whole.db") });
      expect(await whole.held()).toEqual(["10.0.0.1", "10.0.0.2"]);
      whole.close();
    } finally {
      directory.remove();
    }
  });
});
