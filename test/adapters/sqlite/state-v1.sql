PRAGMA application_id = 1114797160;
PRAGMA user_version = 1;
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE reservation (
  network TEXT NOT NULL, pool TEXT NOT NULL, overlapping INTEGER NOT NULL CHECK (overlapping IN (0, 1)),
  scope TEXT NOT NULL, family INTEGER NOT NULL CHECK (family IN (4, 6)), value TEXT NOT NULL, address TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('dynamic', 'static', 'withheld')),
  since_ms INTEGER NOT NULL, reason TEXT NOT NULL,
  definition TEXT, container_id TEXT, if_name TEXT, pod_namespace TEXT, pod_name TEXT, pod_uid TEXT,
  node TEXT, boot_id TEXT, boot_ns TEXT, evidence TEXT,
  attempt TEXT NOT NULL, version INTEGER NOT NULL,
  PRIMARY KEY (scope, family, value)) STRICT, WITHOUT ROWID;
CREATE INDEX reservation_network ON reservation (network, family, value);
CREATE TABLE pool (network TEXT NOT NULL, pool TEXT NOT NULL, overlapping INTEGER NOT NULL, definition TEXT NOT NULL,
  PRIMARY KEY (network, pool)) STRICT, WITHOUT ROWID;
CREATE TABLE served_range (network TEXT NOT NULL, definition TEXT NOT NULL, position INTEGER NOT NULL, pool TEXT NOT NULL,
  family INTEGER NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL, excluded TEXT NOT NULL, gateway TEXT,
  seen_ms INTEGER NOT NULL,
  PRIMARY KEY (network, definition, position)) STRICT, WITHOUT ROWID;
CREATE TABLE row (id INTEGER PRIMARY KEY,
  state TEXT NOT NULL CHECK (state IN ('intent', 'lease', 'freeing')),
  network TEXT NOT NULL, pool TEXT NOT NULL, overlapping INTEGER NOT NULL CHECK (overlapping IN (0, 1)),
  scope TEXT NOT NULL, family INTEGER NOT NULL CHECK (family IN (4, 6)), value TEXT NOT NULL, address TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('dynamic', 'static', 'withheld')),
  since_ms INTEGER NOT NULL, reason TEXT NOT NULL,
  definition TEXT, container_id TEXT, if_name TEXT, pod_namespace TEXT, pod_name TEXT, pod_uid TEXT,
  node TEXT, boot_id TEXT, boot_ns TEXT, evidence TEXT,
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
INSERT INTO meta (name, value)
  VALUES ('journal_id', 'journal-of-version-1');
INSERT INTO reservation (network, pool, overlapping, scope, family, value, address, kind, since_ms, reason, definition, container_id, if_name, pod_namespace, pod_name, pod_uid, node, boot_id, boot_ns, evidence, attempt, version)
  VALUES ('blue', '10.0.0.0/24', 1, 'n/blue', 4, '0a000005', '10.0.0.5', 'dynamic', 1700000000000, '', 'blue-net', 'c1', 'net1', 'default', 'web-0', 'uid-1', 'node-1', 'boot-1', '00000000000000001000', '{"kind":"seen","path":"/run/netns/a","device":"4","inode":"4026532000","bootId":"boot-1"}', 'attempt-10.0.0.5', 1);
INSERT INTO reservation (network, pool, overlapping, scope, family, value, address, kind, since_ms, reason, definition, container_id, if_name, pod_namespace, pod_name, pod_uid, node, boot_id, boot_ns, evidence, attempt, version)
  VALUES ('blue', '10.0.0.0/24', 1, 'n/blue', 4, '0a000006', '10.0.0.6', 'dynamic', 1700000000000, '', 'blue-net', 'c1', 'net1', 'default', 'web-0', 'uid-1', 'node-1', 'boot-1', '00000000000000001000', '{"kind":"seen","path":"/run/netns/a","device":"4","inode":"4026532000","bootId":"boot-1"}', 'attempt-10.0.0.6', 2);
INSERT INTO reservation (network, pool, overlapping, scope, family, value, address, kind, since_ms, reason, definition, container_id, if_name, pod_namespace, pod_name, pod_uid, node, boot_id, boot_ns, evidence, attempt, version)
  VALUES ('blue', '', 1, 'n/blue', 4, '0a000014', '10.0.0.20', 'withheld', 5, 'printer', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'w', 3);
INSERT INTO pool (network, pool, overlapping, definition)
  VALUES ('blue', '10.0.0.0/24', 1, 'blue-net');
INSERT INTO served_range (network, definition, position, pool, family, first, last, excluded, gateway, seen_ms)
  VALUES ('blue', 'blue-net', 0, '10.0.0.0/24', 4, '0a000001', '0a0000fe', '["10.0.0.9"]', '10.0.0.1', 1700000000000);
INSERT INTO row (id, state, network, pool, overlapping, scope, family, value, address, kind, since_ms, reason, definition, container_id, if_name, pod_namespace, pod_name, pod_uid, node, boot_id, boot_ns, evidence, position, attempts, version, answered_ms, reuse_after_ms)
  VALUES (1, 'lease', 'blue', '10.0.0.0/24', 1, 'n/blue', 4, '0a000005', '10.0.0.5', 'dynamic', 1700000000000, '', 'blue-net', 'c1', 'net1', 'default', 'web-0', 'uid-1', 'node-1', 'boot-1', '00000000000000001000', '{"kind":"seen","path":"/run/netns/a","device":"4","inode":"4026532000","bootId":"boot-1"}', 0, '["attempt-10.0.0.5"]', '1', 99, 0);
INSERT INTO row (id, state, network, pool, overlapping, scope, family, value, address, kind, since_ms, reason, definition, container_id, if_name, pod_namespace, pod_name, pod_uid, node, boot_id, boot_ns, evidence, position, attempts, version, answered_ms, reuse_after_ms)
  VALUES (2, 'freeing', 'blue', '10.0.0.0/24', 1, 'n/blue', 4, '0a000006', '10.0.0.6', 'dynamic', 1700000000000, 'DEL', 'blue-net', 'c1', 'net1', 'default', 'web-0', 'uid-1', 'node-1', 'boot-1', '00000000000000001000', '{"kind":"seen","path":"/run/netns/a","device":"4","inode":"4026532000","bootId":"boot-1"}', 0, '["attempt-10.0.0.6"]', '2', NULL, 0);
INSERT INTO row (id, state, network, pool, overlapping, scope, family, value, address, kind, since_ms, reason, definition, container_id, if_name, pod_namespace, pod_name, pod_uid, node, boot_id, boot_ns, evidence, position, attempts, version, answered_ms, reuse_after_ms)
  VALUES (3, 'intent', 'blue', '10.0.0.0/24', 1, 'n/blue', 4, '0a000007', '10.0.0.7', 'dynamic', 1700000000000, '', 'blue-net', 'c1', 'net1', 'default', 'web-0', 'uid-1', 'node-1', 'boot-1', '00000000000000001000', '{"kind":"seen","path":"/run/netns/a","device":"4","inode":"4026532000","bootId":"boot-1"}', 0, '["attempt-10.0.0.7"]', '', NULL, 0);
INSERT INTO deletion (container_id, if_name, definition, boot_id, boot_ns, accepted_ms)
  VALUES ('c9', 'net1', 'blue-net', 'boot-1', '00000000000000000020', 1700000000000);
INSERT INTO resting (scope, family, value, network, pool, overlapping, until_ms)
  VALUES ('n/blue', 4, '0a000008', 'blue', '10.0.0.0/24', 1, 9000000000000);
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
