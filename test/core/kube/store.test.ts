/**
 * What the store pages through: everything that keeps a pool from giving an address, and nothing else.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { formatAddress } from "../../../core/ip/address-text.ts";
import { reservations } from "../../../core/kube/resources.ts";
import type { StoreQuery } from "../../../core/ports/store.ts";
import { attachment, claim, holder, place } from "../../support/samples.ts";
import { createStoreStage, home, serving, type StoreStage } from "../../support/store-stage.ts";

const query: StoreQuery = { network: "blue", pool: "10.0.0.0/24", overlapping: true };

async function taken(stage: StoreStage, asked: StoreQuery = query): Promise<readonly string[]> {
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await stage.until(stage.store.page(asked, cursor));
    found.push(...page.rows.map((row) => formatAddress(row.place.address)));
    cursor = page.next;
  } while (cursor !== undefined);
  return found.sort();
}

test("more reservations than one page has are all told, and the entries after the last page once", async () => {
  const stage = createStoreStage(true);
  await stage.until(stage.store.open(serving()));
  for (let at = 0; at < 501; at += 1) {
    const text = `10.1.${at >> 8}.${at & 255}`;
    const fixed = claim(text, { kind: "static", attempt: `a${at}`, place: place(text, { pool: "" }) });
    await stage.until(stage.store.claim(fixed));
  }
  stage.writeEntry("10.0.0.9", { id: "wb", podref: "default/wb" });
  const found = await taken(stage);
  expect(found).toHaveLength(502);
  expect(found.filter((text) => text === "10.0.0.9")).toHaveLength(1);
});

test("two networks whose long names share a label are told apart", async () => {
  const stage = createStoreStage(false);
  await stage.hold(claim("10.0.0.5"));
  await stage.hold(claim("10.0.0.6", { place: place("10.0.0.6", { network: "red" }) }));
  const name = { resource: reservations, namespace: home, name: "red-10.0.0.6" };
  const found = stage.server.read(name);
  if (found.kind !== "object") throw new Error(found.kind);
  const { labels, ...metadata } = found.object.metadata;
  const shared = { ...labels, "ipam.berth.io/network": "blue" };
  stage.server.plant(reservations, { ...found.object, metadata: { ...metadata, labels: shared } });
  expect(await taken(stage)).toEqual(["10.0.0.5"]);
});

test("a pool that is one node's slice has no entries of its own range to tell of", async () => {
  const stage = createStoreStage(false);
  await stage.hold(claim("10.0.0.5"));
  expect(await taken(stage, { ...query, pool: "node-1-10.0.0.0/28" })).toEqual(["10.0.0.5"]);
});

describe("while the API server does not answer", () => {
  test.each([
    { call: "list overlapping", isMixed: false },
    { call: "read ippools", isMixed: false },
    { call: "list nodeslicepools", isMixed: true },
  ])("$call, no page is taken for a free pool", async ({ call, isMixed }) => {
    const stage = createStoreStage(isMixed);
    stage.link.next(call, "away");
    await expect(taken(stage)).rejects.toThrow("connection refused");
  });
});

test("a static address that was renewed has its further reservation renewed, too", async () => {
  const stage = createStoreStage(false);
  await stage.until(stage.store.open(serving("10.0.0.0/24", false)));
  const fixed = claim("10.0.0.5", { kind: "static", place: place("10.0.0.5", { pool: "" }) });
  const next = { ...fixed, attempt: "next", holder: holder({ attachment: attachment({ containerId: "c2" }) }) };
  const held = await stage.hold(fixed);
  expect((await stage.until(stage.store.renew(held, next))).kind).toBe("held");
  expect(stage.standing()).toEqual(["blue-10.0.0.0-24.10.0.0.5 next", "blue-10.0.0.5 next"]);
});
