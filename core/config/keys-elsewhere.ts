/**
 * Keys that people bring from other documents to a `berth` one, and where they belong.
 *
 * @module
 */
import type { Elsewhere } from "./read-shape.ts";

const agent = "in the agent's own configuration, not here";
const unused = "no such key, because Berth does not need it";

/** What goes after "expected". */
export const keysElsewhere: Elsewhere = {
  log_level: `logLevel ${agent}`,
  log_file: "no such key, because the agent logs to its standard error",
  kubernetes: `kubeconfig ${agent}`,
  configuration_path: "no such key, because a berth definition has no flat file",
  reconciler_cron_expression: "reconciler_cron_expression in the ConfigMap whereabouts-config, not here",
  node_slice_size: unused,
  leader_lease_duration: unused,
  leader_renew_deadline: unused,
  leader_retry_period: unused,
  sleep_for_race: unused,
  datastore: unused,
  subnet: "the key range, which may be meant",
  name: "name outside of ipam, not here",
};
