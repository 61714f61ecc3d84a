/**
 * The embedded store: the truth about addresses on one machine, in the state file. Nothing is ever unknown for long
 * here: a commit that failed was not made.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import { sameAddress } from "../../core/ip/address.ts";
import { formatAddress } from "../../core/ip/address-text.ts";
import type {
  Claim,
  ClaimAnswer,
  Held,
  OpenAnswer,
  Place,
  ReleaseAnswer,
  RenewAnswer,
  Serving,
  Store,
  StorePage,
  StoreQuery,
} from "../../core/ports/store.ts";
import {
  familyOf,
  hexOf,
  holderOf,
  holderParameters,
  identityParameters,
  kindOf,
  number,
  placeKey,
  placeOf,
  scopeOf,
  text,
  type Columns,
  type Parameters,
} from "./columns.ts";
import { isFull, statementsOf, type Statements } from "./statements.ts";
import { risingNumbers } from "./rising-numbers.ts";
import type { Writer } from "./writer.ts";

const pageSize = 500;

const insertReservation = `INSERT INTO reservation (network, pool, overlapping, scope, family, value, address, kind, since_ms, reason,
  definition, container_id, if_name, pod_namespace, pod_name, pod_uid, node, boot_id, boot_ns, evidence, attempt, version)
  VALUES ($network, $pool, $overlapping, $scope, $family, $value, $address, $kind, $since_ms, $reason,
  $definition, $container_id, $if_name, $pod_namespace, $pod_name, $pod_uid, $node, $boot_id, $boot_ns, $evidence, $attempt, $version)`;

const updateReservation = `UPDATE reservation SET attempt = $attempt, version = $version, since_ms = $since_ms, definition = $definition,
  container_id = $container_id, if_name = $if_name, pod_namespace = $pod_namespace, pod_name = $pod_name, pod_uid = $pod_uid,
  node = $node, boot_id = $boot_id, boot_ns = $boot_ns, evidence = $evidence WHERE scope = $scope AND family = $family AND value = $value`;

/** Who keeps an address of this network from being given: its own scope, and what is held everywhere in the network (P21). */
const blocking = `SELECT * FROM reservation WHERE network = $network AND family = $family AND value = $value
  AND (scope = $scope OR kind <> 'dynamic' OR $kind <> 'dynamic') ORDER BY scope = $scope DESC LIMIT 1`;

/** Two scopes do not see each other: a pool gives in the one that it was opened with last. */
const otherSetting = `SELECT definition FROM pool WHERE network = $network AND pool = $pool AND overlapping <> $overlapping`;

export function createEmbeddedStore(database: DatabaseSync, writer: Writer): Store {
  const sql = statementsOf(database);
  const nextVersion = risingNumbers(database);
  return {
    lateMs: 0,
    readsFirst: () => true,
    open: async (serving) => attempt(() => writer.write(() => open(sql, serving))),
    claim: async (claim) => {
      const body = (): ClaimAnswer => insert(sql, claim, nextVersion());
      try {
        return await (claim.kind === "withheld" ? writer.writeDurably(body) : writer.write(body));
      } catch (error) {
        return { kind: "unknown", reason: reasonOf(error), hopeless: isFull(error), mayLand: false };
      }
    },
    renew: async (held, next) => attempt(() => writer.write(() => renew(sql, held, next, nextVersion()))),
    release: async (held) =>
      attempt(() => {
        const body = (): ReleaseAnswer => release(sql, held);
        const isOrdered = held.place.pool === "" && find(sql, held.place)?.kind === "withheld";
        return isOrdered ? writer.writeDurably(body) : writer.write(body);
      }),
    tidy: async () => ({ kind: "done" }),
    look: async (place) => find(sql, place),
    page: async (query, cursor) => page(sql, query, cursor),
  };
}

async function attempt<Answer>(body: () => Promise<Answer>): Promise<Answer | { kind: "unknown"; reason: string }> {
  try {
    return await body();
  } catch (error) {
    return { kind: "unknown", reason: reasonOf(error) };
  }
}

function insert(sql: Statements, claim: Claim, version: number): ClaimAnswer {
  const parameters = {
    ...identityParameters(claim),
    attempt: claim.attempt,
    version,
  };
  const pool = sql(otherSetting).get({
    network: claim.place.network,
    pool: claim.place.pool,
    overlapping: claim.place.overlapping ? 1 : 0,
  });
  if (claim.kind === "dynamic" && pool !== undefined)
    return { kind: "disagrees", definition: text(pool, "definition") };
  const found = sql(blocking).get(parameters);
  if (found === undefined) {
    sql(insertReservation).run(parameters);
    return { kind: "held", version: String(version) };
  }
  const by = heldOf(found);
  return by.attempt === claim.attempt ? { kind: "held", version: by.version } : { kind: "taken", by };
}

function renew(sql: Statements, held: Held, next: Claim, version: number): RenewAnswer {
  const now = find(sql, held.place);
  if (now === undefined || (now.version !== held.version && now.attempt !== next.attempt)) return { kind: "lost", now };
  const parameters: Parameters = {
    ...placeKey(held.place),
    ...holderParameters(next.holder),
    attempt: next.attempt,
    since_ms: next.sinceMs,
    version,
  };
  sql(updateReservation).run(parameters);
  return { kind: "held", version: String(version) };
}

function release(sql: Statements, held: Pick<Held, "place" | "version">): ReleaseAnswer {
  const now = find(sql, held.place);
  if (now === undefined) return { kind: "freed" };
  if (now.version !== held.version) return { kind: "changed", now };
  sql("DELETE FROM reservation WHERE scope = $scope AND family = $family AND value = $value").run(placeKey(held.place));
  return { kind: "freed" };
}

function find(sql: Statements, place: Place): Held | undefined {
  const found = sql("SELECT * FROM reservation WHERE scope = $scope AND family = $family AND value = $value").get(
    placeKey(place),
  );
  return found === undefined ? undefined : heldOf(found);
}

function page(sql: Statements, query: StoreQuery, cursor: string | undefined): StorePage {
  const [family, value] = cursor === undefined ? ["0", ""] : cursor.split("/");
  const rows = sql(
    `SELECT * FROM reservation WHERE network = $network AND (scope = $scope OR kind <> 'dynamic')
     AND (family, value) > ($family, $value) ORDER BY family, value LIMIT ${pageSize}`,
  ).all({ network: query.network, scope: scopeOf(query), family: Number(family), value: value ?? "" });
  const held = rows.map(heldOf);
  const last = rows.length === pageSize ? rows.at(-1) : undefined;
  return { rows: held, next: last === undefined ? undefined : `${familyOf(last)}/${text(last, "value")}` };
}

function open(sql: Statements, serving: Serving): OpenAnswer {
  for (const { pool } of serving.ranges) {
    const answer = agree(sql, serving, pool);
    if (answer.kind !== "open") return answer;
  }
  const { network, definition, overlapping, atMs } = serving;
  sql("DELETE FROM served_range WHERE network = $network AND definition = $definition").run({ network, definition });
  for (const [position, range] of serving.ranges.entries()) {
    sql("INSERT OR REPLACE INTO pool VALUES ($network, $pool, $overlapping, $definition)").run({
      network,
      definition,
      pool: range.pool,
      overlapping: overlapping ? 1 : 0,
    });
    sql(
      "INSERT INTO served_range VALUES ($network, $definition, $position, $pool, $family, $first, $last, $excluded, $gateway, $seen_ms)",
    ).run({
      network,
      definition,
      position,
      pool: range.pool,
      family: range.first.family,
      first: hexOf(range.first),
      last: hexOf(range.last),
      excluded: JSON.stringify(
        range.excluded.map(({ first, last }) =>
          sameAddress(first, last) ? formatAddress(first) : `${formatAddress(first)}-${formatAddress(last)}`,
        ),
      ),
      gateway: range.gateway === undefined ? null : formatAddress(range.gateway),
      seen_ms: atMs,
    });
  }
  return { kind: "open" };
}

/** The setting of a pool may change only while nothing of it is held: else two scopes would not exclude each other (P2). */
function agree(sql: Statements, serving: Serving, pool: string): OpenAnswer {
  const key = { network: serving.network, pool };
  const found = sql("SELECT overlapping, definition FROM pool WHERE network = $network AND pool = $pool").get(key);
  if (found === undefined || (found["overlapping"] === 1) === serving.overlapping) return { kind: "open" };
  const held = sql("SELECT 1 FROM reservation WHERE network = $network AND pool = $pool LIMIT 1").get(key);
  return held === undefined ? { kind: "open" } : { kind: "disagrees", definition: text(found, "definition"), pool };
}

function heldOf(columns: Columns): Held {
  return {
    place: placeOf(columns),
    kind: kindOf(columns),
    attempt: text(columns, "attempt"),
    holder: holderOf(columns),
    sinceMs: number(columns, "since_ms"),
    reason: text(columns, "reason"),
    version: String(number(columns, "version")),
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
