/**
 * What the settings of Berth's daemons are made of: paths, names, ports.
 *
 * @module
 */
import * as z from "zod";

export const absolutePath = z
  .string()
  .regex(/^\/[ -~\u00a0-\uffff]{0,4094}$/, { error: "an absolute path of at most 4095 visible characters" });

/** unix(7): sun_path holds 108 bytes with the NUL behind them. */
export const socketPath = z
  .string()
  .regex(/^\/[!-~]{1,106}$/, { error: "an absolute path of at most 107 visible characters" });

export const hostName = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?$/, {
  error: "letters, digits, dots and dashes, at most 253 in all",
});

/** RFC 1123: what Kubernetes lets a namespace be called. */
export const namespaceName = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, {
  error: "lower-case letters, digits and dashes, at most 63, with a letter or a digit at both ends",
});

export const logLevel = z.enum(["debug", "info", "warn", "error"]);

const portMax = 65_535;

/** `host:port` or "off". @param example for whoever wrote something else */
export function listenAddress(example: string) {
  const wanted = `an address and a port of at most ${portMax} such as ${example}, or "off"`;
  return z
    .string()
    .regex(/^(?:off|(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):(?:0|[1-9]\d{0,4}))$/, { error: wanted, abort: true })
    .refine((text) => text === "off" || Number(text.slice(text.lastIndexOf(":") + 1)) <= portMax, { error: wanted });
}
