/**
 * The `ipam` document of type `whereabouts`, and the flat file, which is one without the document around it.
 *
 * @module
 */
import * as z from "zod";
import { dnsShape, exclusionsMax, rangesMax, routeShape, staticAddressShape } from "./shared-shapes.ts";

const text = z.string().optional();
const count = z.int().optional();
const exclude = z.array(z.string()).max(exclusionsMax).optional();
const ignored = z.unknown().optional();

const whereaboutsRangeSchema = z.strictObject({ range: text, range_start: text, range_end: text, exclude });

export const whereaboutsSchema = z.strictObject({
  type: text,
  range: text,
  range_start: text,
  range_end: text,
  exclude,
  ipRanges: z.array(whereaboutsRangeSchema).max(rangesMax).optional(),
  gateway: text,
  routes: z.array(routeShape).max(rangesMax).optional(),
  dns: dnsShape.optional(),
  addresses: z.array(staticAddressShape).max(rangesMax).optional(),
  network_name: text,
  enable_overlapping_ranges: z.boolean().optional(),
  configuration_path: text,
  node_slice_size: text,
  leader_lease_duration: count,
  leader_renew_deadline: count,
  leader_retry_period: count,
  sleep_for_race: count,
  log_file: text,
  log_level: text,
  reconciler_cron_expression: text,
  kubernetes: z.strictObject({ kubeconfig: text, k8s_api_root: text }).optional(),
  datastore: ignored,
  etcd_host: ignored,
  etcd_username: ignored,
  etcd_password: ignored,
  etcd_key_file: ignored,
  etcd_cert_file: ignored,
  etcd_ca_cert_file: ignored,
});

export type WhereaboutsDocument = z.output<typeof whereaboutsSchema>;
export type WhereaboutsRange = z.output<typeof whereaboutsRangeSchema>;

/** Read, and without effect in Berth. */
export const ignoredKeys = [
  "node_slice_size",
  "leader_lease_duration",
  "leader_renew_deadline",
  "leader_retry_period",
  "sleep_for_race",
  "log_file",
  "log_level",
  "reconciler_cron_expression",
  "kubernetes",
  "datastore",
  "etcd_host",
  "etcd_username",
  "etcd_password",
  "etcd_key_file",
  "etcd_cert_file",
  "etcd_ca_cert_file",
] as const satisfies readonly (keyof WhereaboutsDocument)[];

/** Whereabouts pkg/types/types.go at 3a262bd: what holds where neither document says anything. */
export const whereaboutsDefaults: WhereaboutsDocument = {
  enable_overlapping_ranges: true,
  leader_lease_duration: 1500,
  leader_renew_deadline: 1000,
  leader_retry_period: 500,
  sleep_for_race: 0,
};
