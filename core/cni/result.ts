/**
 * What an ADD answers, before it is put into the form of one CNI version.
 *
 * @module
 */
import type { Address } from "../ip/address.ts";

export type GivenAddress = {
  readonly address: Address;
  readonly prefixLength: number;
  readonly gateway: Address | undefined;
};

export type Route = {
  /** Canonical CIDR text. */
  readonly dst: string;
  readonly gw?: string;
  /** CNI 1.1: mtu, advmss, priority, table, scope. */
  readonly mtu?: number;
  readonly advmss?: number;
  readonly priority?: number;
  readonly table?: number;
  readonly scope?: number;
};

export type Dns = {
  readonly nameservers?: readonly string[];
  readonly domain?: string;
  readonly search?: readonly string[];
  readonly options?: readonly string[];
};

export type IpamResult = {
  readonly addresses: readonly GivenAddress[];
  readonly routes: readonly Route[];
  readonly dns: Dns | undefined;
};
