/**
 * The tables of the state file, and how an older file becomes a newer one.
 *
 * One file holds the embedded store (`reservation`, `pool`, `served_range`) and the journal (`row`, `deletion`,
 * `resting`, `finished`). Addresses are kept twice: as text for people, and as hex of fixed width, which sorts as numbers do.
 *
 * @module
 */

/** "Brth" in ASCII, in the file's header at offset 68: any other value means the file is not ours. */
export const applicationId = 0x42727468;

const identity = `
  network TEXT NOT NULL, pool TEXT NOT NULL, overlapping INTEGER NOT NULL CHECK (overlapping IN (0, 1)),
  scope TEXT NOT NULL, family INTEGER NOT NULL CHECK (family IN (4, 6)), value TEXT NOT NULL, address TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('dynamic', 'static', 'withheld')),
  since_ms INTEGER NOT NULL, reason TEXT NOT NULL,
  definition TEXT, container_id TEXT, if_name TEXT, pod_namespace TEXT, pod_name TEXT, pod_uid TEXT,
  node TEXT, boot_id TEXT, boot_ns TEXT, evidence TEXT`;

/**
 * Invariant 1 as a property of the database: one reservation for each scope and address, and the triggers close the gap
 * between scopes (P21: a static or withheld address keeps every pool of its network from giving it; P2: a pool gives in one
 * scope at a time).
 */
const version1 = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE reservation (${identity},
  attempt TEXT NOT NULL, version INTEGER NOT NULL,
  PRIMARY KEY (scope, family, value)) STRICT, WITHOUT ROWID;
CREATE INDEX reservation_network ON reservation (network, family, value);
CREATE TRIGGER reservation_everywhere BEFORE INSERT ON reservation
WHEN EXISTS (
  SELECT 1 FROM reservation AS other
  WHERE other.network = NEW.network AND other.family = NEW.family AND other.value = NEW.value
    AND (NEW.kind <> 'dynamic' OR other.kind <> 'dynamic'))
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: held everywhere in the network'); END;

CREATE TRIGGER reservation_setting BEFORE INSERT ON reservation
WHEN NEW.kind = 'dynamic' AND EXISTS (
  SELECT 1 FROM pool WHERE pool.network = NEW.network AND pool.pool = NEW.pool AND pool.overlapping <> NEW.overlapping)
BEGIN SELECT RAISE(ABORT, 'the pool is used with the other setting of overlapping ranges'); END;

CREATE TABLE pool (network TEXT NOT NULL, pool TEXT NOT NULL, overlapping INTEGER NOT NULL, definition TEXT NOT NULL,
  PRIMARY KEY (network, pool)) STRICT, WITHOUT ROWID;
CREATE TABLE served_range (network TEXT NOT NULL, definition TEXT NOT NULL, position INTEGER NOT NULL, pool TEXT NOT NULL,
  family INTEGER NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL, excluded TEXT NOT NULL, gateway TEXT,
  seen_ms INTEGER NOT NULL,
  PRIMARY KEY (network, definition, position)) STRICT, WITHOUT ROWID;

CREATE TABLE row (id INTEGER PRIMARY KEY,
  state TEXT NOT NULL CHECK (state IN ('intent', 'lease', 'freeing')), ${identity},
  position INTEGER NOT NULL, attempts TEXT NOT NULL, version TEXT NOT NULL, answered_ms INTEGER,
  reuse_after_ms INTEGER NOT NULL) STRICT;
CREATE UNIQUE INDEX row_place ON row (scope, family, value) WHERE state <> 'freeing';
CREATE INDEX row_freeing ON row (scope, family, value) WHERE state = 'freeing';
CREATE INDEX row_container ON row (container_id, if_name);
CREATE INDEX row_pod ON row (pod_uid, if_name) WHERE pod_uid IS NOT NULL;
CREATE INDEX row_state ON row (state, id);

CREATE TABLE deletion (container_id TEXT NOT NULL, if_name TEXT NOT NULL, definition TEXT NOT NULL, boot_id TEXT NOT NULL,
  boot_ns TEXT NOT NULL, accepted_ms INTEGER NOT NULL,
  PRIMARY KEY (container_id, if_name, definition)) STRICT, WITHOUT ROWID;
CREATE INDEX deletion_accepted ON deletion (accepted_ms);

CREATE TABLE resting (scope TEXT NOT NULL, family INTEGER NOT NULL, value TEXT NOT NULL, network TEXT NOT NULL,
  pool TEXT NOT NULL, overlapping INTEGER NOT NULL, until_ms INTEGER NOT NULL,
  PRIMARY KEY (scope, family, value)) STRICT, WITHOUT ROWID;
`;

/** What a cluster needs: who else holds a lease's address (P15), and the attempts of ended rows (P9). */
const version2 = `
ALTER TABLE row ADD COLUMN conflict TEXT NOT NULL DEFAULT '';

CREATE TABLE finished (seq INTEGER PRIMARY KEY, attempt TEXT NOT NULL UNIQUE, uid TEXT NOT NULL,
  ended_ms INTEGER NOT NULL) STRICT;
`;

/** The script at position n makes version n + 1 from version n. Never change one that was released. */
export const migrations: readonly string[] = [version1, version2];

export const schemaVersion = migrations.length;
