/**
 * What `berthctl` and the agent say to each other on the admin socket: HTTP with JSON bodies.
 *
 * @module
 */
import * as z from "zod";
import { type FailureName, failures } from "../failure/failure.ts";
import { parseAddress } from "../ip/address-text.ts";

const address = z.string().refine((text) => parseAddress(text) !== undefined, {
  error: "an address such as 10.0.0.5 or 2001:db8::5",
});
/** `network_name`; "" is the network without a name. */
const network = z.string().max(150);
const reason = z.string().min(1, { error: "a reason, for whoever finds the address withheld" }).max(500);

const failureNames = new Set<string>(Object.keys(failures));
const failureShape = z.strictObject({
  name: z.custom<FailureName>((name) => typeof name === "string" && failureNames.has(name)),
  code: z.int(),
  message: z.string(),
  details: z.string(),
});

const failed = z.strictObject({ kind: z.literal("failed"), failure: failureShape });

function answerOf<S extends z.ZodRawShape>(done: S) {
  return z.discriminatedUnion("kind", [z.strictObject({ kind: z.literal("done"), ...done }), failed]);
}

/** POST /v1/release: gives an address back. Without `network` it must be held in one network only. */
export const releaseRequest = z.strictObject({
  network: network.optional(),
  address,
  /** Also when the holder's network namespace stands. */
  force: z.boolean().default(false),
  /** The newest attempt of the lease the person was shown: when another holds it by now, it is not released. */
  attempt: z.string().min(1).max(200).optional(),
});
export const releaseAnswer = answerOf({ network, address: z.string(), holder: z.string() });

/** POST /v1/withhold: keeps an address back from every pool of the network. */
export const withholdRequest = z.strictObject({ network: network.default(""), address, reason });
export const withholdAnswer = answerOf({ network, address: z.string() });

/** POST /v1/unwithhold */
export const unwithholdRequest = z.strictObject({ network: network.default(""), address });
export const unwithholdAnswer = answerOf({ network, address: z.string() });

const count = z.int().min(0);

/** GET /v1/status */
export const statusAnswer = answerOf({
  version: z.string(),
  /** The wire between launcher and agent. */
  protocol: count,
  /** The state file's. */
  schema: count,
  store: z.enum(["embedded", "kubernetes"]),
  node: z.string(),
  /** Wall clock, ms since 1970: when the agent began to listen. */
  since: count,
  ready: z.strictObject({ ok: z.boolean(), reasons: z.array(z.string()) }),
  journal: z.strictObject({ path: z.string(), full: z.boolean() }),
  spool: z.strictObject({ path: z.string(), files: count }),
  leases: count,
  freeing: count,
  intents: count,
  /** Only with `store` kubernetes. */
  cluster: z
    .strictObject({
      namespace: z.string(),
      /** The file; null: found as kubectl finds it. */
      kubeconfig: z.string().nullable(),
      /** null: not known yet. */
      mode: z.enum(["present", "absent"]).nullable(),
      /** Wall clock, ms: when the mode was confirmed, and when the journal was compared with the cluster, last; null: never. */
      confirmed: count.nullable(),
      compared: count.nullable(),
      conflicts: count,
      /** Leases that the last sweep did not keep for their network namespace, and why it kept them; at most 200. */
      doubts: z
        .array(
          z.strictObject({
            network,
            address: z.string(),
            by: z.enum(["stands", "pod", "suspect", "unknown", "unproven"]),
            why: z.string(),
          }),
        )
        .optional(),
    })
    .optional(),
});

export type ReleaseRequest = z.output<typeof releaseRequest>;
export type ReleaseAnswer = z.output<typeof releaseAnswer>;
export type WithholdRequest = z.output<typeof withholdRequest>;
export type WithholdAnswer = z.output<typeof withholdAnswer>;
export type UnwithholdRequest = z.output<typeof unwithholdRequest>;
export type UnwithholdAnswer = z.output<typeof unwithholdAnswer>;
export type StatusAnswer = z.output<typeof statusAnswer>;
