/**
 * The parts of a network configuration that ask for addresses: `runtimeConfig.ips` (the capability) and `args.cni.ips`.
 *
 * @module
 */
import { isCniVersion } from "./version.ts";

export type ConfiguredRequests =
  | { readonly kind: "lists"; readonly runtimeConfig: readonly string[]; readonly args: readonly string[] }
  | { readonly kind: "malformed"; readonly path: string; readonly expected: string };

/** @param config the parsed network configuration, of any shape */
export function configuredRequests(config: unknown): ConfiguredRequests {
  const runtimeConfig = textsOf(memberOf(memberOf(config, "runtimeConfig"), "ips"));
  const args = textsOf(memberOf(memberOf(memberOf(config, "args"), "cni"), "ips"));
  const expected = 'a list of addresses such as ["10.0.0.5/24"]';
  if (runtimeConfig === undefined) return { kind: "malformed", path: "runtimeConfig.ips", expected };
  if (args === undefined) return { kind: "malformed", path: "args.cni.ips", expected };
  return { kind: "lists", runtimeConfig, args };
}

/** The value of a key, or undefined where there is no such object or key. */
export function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  const member: unknown = Reflect.get(value, key);
  return member;
}

/** What `cniVersion` asks for; `undefined` where it is none that is spoken. Without one it is 0.1.0, as in libcni. */
export function spokenVersion(version: unknown) {
  if (version === undefined || version === null || version === "") return "0.1.0";
  return typeof version === "string" && isCniVersion(version) ? version : undefined;
}

function textsOf(value: unknown): readonly string[] | undefined {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return undefined;
  const texts = value.filter((item): item is string => typeof item === "string");
  return texts.length === value.length ? texts : undefined;
}
