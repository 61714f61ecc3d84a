/**
 * Definitions for tests, and what was read of them as text.
 *
 * @module
 */
import type { Definition, Fault } from "../../../core/config/definition.ts";
import { loadDefinition } from "../../../core/config/load.ts";
import { formatAddress } from "../../../core/ip/address-text.ts";
import { addressOf } from "../../../core/ip/address.ts";
import { eachInterval } from "../../../core/ip/interval-set.ts";
import { formatRange } from "../../../core/ip/range-text.ts";

/** Loads an `ipam` object inside an ordinary document. */
export function load(ipam: object, more: object = {}, flat?: object | string) {
  const text = JSON.stringify({ cniVersion: "1.0.0", name: "net", type: "bridge", ipam, ...more });
  const flatText = typeof flat === "object" ? JSON.stringify(flat) : flat;
  return loadDefinition(text, flatText === undefined ? undefined : { path: "/flat", text: flatText });
}

/** The definition, which must be one. */
export function loaded(...input: Parameters<typeof load>): Definition {
  const answer = load(...input);
  if (answer.kind === "faults") throw new Error(faultLines(answer.faults).join("\n"));
  return answer.definition;
}

/** The faults as `path: expected`; empty for a definition. */
export function faultsOf(...input: Parameters<typeof load>): readonly string[] {
  const answer = load(...input);
  return answer.kind === "faults" ? faultLines(answer.faults) : [];
}

export function faultLines(faults: readonly Fault[]): readonly string[] {
  return faults.map(({ path, value, expected }) => `${path}${value === "" ? "" : `=${value}`}: ${expected}`);
}

/** Ranges as `10.0.0.0/24 10.0.0.5-10.0.0.9 without 10.0.0.7-10.0.0.7 via 10.0.0.1`. */
export function rangeTexts({ ranges }: Definition): readonly string[] {
  return ranges.map(({ range, gateway }) => {
    const text = (value: bigint) => formatAddress(addressOf(range.family, value)!);
    const without = [...eachInterval(range.excluded)].map(({ first, last }) => ` without ${text(first)}-${text(last)}`);
    return [formatRange(range), ...without, gateway === undefined ? "" : ` via ${formatAddress(gateway)}`].join("");
  });
}

export function addressTexts({ addresses }: Definition): readonly string[] {
  return addresses.map(({ address, prefixLength, gateway }) => {
    const via = gateway === undefined ? "" : ` via ${formatAddress(gateway)}`;
    return `${formatAddress(address)}/${prefixLength}${via}`;
  });
}
