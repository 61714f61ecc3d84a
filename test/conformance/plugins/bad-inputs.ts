/**
 * What is wrong with each call of `bad-input.test.ts`, and what the answer has to say.
 *
 * @module
 */

export type Input = {
  readonly name: string;
  /** Replaces, or with `undefined` takes away, what is good. */
  readonly env?: { readonly [name: string]: string | undefined };
  readonly stdin?: string;
  readonly code: number;
  /** What the message has to name. */
  readonly says: RegExp;
};

function config(ipam: unknown, head: object = {}): string {
  return JSON.stringify({ cniVersion: "1.1.0", name: "quay", type: "bridge", ...head, ipam });
}

const range = { range: "10.88.0.0/28" };
/** What is replaced below, in part or as a whole. */
export const good = config({ type: "berth", network_name: "bad", ranges: [range, { range: "fd88::/125" }] });

/** Broken as a whole: no document at all. */
export const documents: readonly Input[] = [
  { name: "no input", stdin: "", code: 6, says: /Cannot read network configuration "": expected a JSON value/ },
  {
    name: "truncated JSON",
    stdin: good.slice(0, -20),
    code: 6,
    says: /Cannot read network configuration .* expected /,
  },
  { name: "text after the document", stdin: `${good} {}`, code: 6, says: /expected nothing after the JSON document/ },
  {
    name: "bytes that are no JSON",
    stdin: "\u0000\u0001\u001b[31m",
    code: 6,
    says: /"\\u0000\\u0001\\u001b\[31m": expected a JSON value/,
  },
  { name: "brackets without end", stdin: "[".repeat(100_000), code: 6, says: /expected at most 64 levels of nesting/ },
  {
    name: "an ipam nested too deeply",
    stdin: good.replace('"berth"', "[".repeat(500)),
    code: 6,
    says: /expected at most 64 levels/,
  },
  {
    name: "more than 1 MiB",
    stdin: config({ type: "berth", ...range, pad: "x".repeat(1_048_576) }),
    code: 107,
    says: /expected at most 1048576|1 MiB/,
  },
];

/** A document with a fault around `ipam`. */
export const heads: readonly Input[] = [
  { name: "a list in place of an object", stdin: "[]", code: 7, says: /expected a network configuration: an object/ },
  {
    name: "a cniVersion of the future",
    stdin: config(range, { cniVersion: "9.0.0" }),
    code: 1,
    says: /Cannot serve cniVersion "9\.0\.0": expected one of 0\.1\.0/,
  },
  {
    name: "a cniVersion that is a number",
    stdin: config(range, { cniVersion: 1 }),
    code: 1,
    says: /Cannot serve cniVersion "1": expected one of/,
  },
  {
    name: "no name",
    stdin: config({ type: "berth", ...range }, { name: undefined }),
    code: 7,
    says: /"name": expected a network name/,
  },
  {
    name: "a hostile name",
    stdin: config({ type: "berth", ...range }, { name: "../../etc" }),
    code: 7,
    says: /"name": expected a network name/,
  },
];

/** A document whose fault is in `ipam`: the attachment can still be ended, and GC done. */
export const ipams: readonly Input[] = [
  { name: "no ipam", stdin: config(undefined), code: 7, says: /"ipam": expected an object/ },
  { name: "an ipam that is a list", stdin: config([]), code: 7, says: /"ipam": expected an object/ },
  {
    name: "an unknown type",
    stdin: config({ type: "host-local" }),
    code: 7,
    says: /"ipam\.type": expected .*one of berth, whereabouts, static, dhcp/,
  },
  {
    name: "a misspelt field",
    stdin: config({ type: "berth", rnage: "10.88.0.0/28", ...range }),
    code: 7,
    says: /ipam\.rnage/,
  },
  {
    name: "a key that would change all objects",
    stdin: good.replace('"ranges"', '"__proto__":{"unique":false},"ranges"'),
    code: 7,
    says: /__proto__/,
  },
  {
    name: "a duplicate key",
    stdin: good.replace('"ranges"', '"network_name":"other","ranges"'),
    code: 7,
    says: /"ipam\.network_name": expected .*this key once/,
  },
  {
    name: "a duplicate key in other letters",
    stdin: good.replace('"ranges"', '"Network_Name":"other","ranges"'),
    code: 7,
    says: /ipam\.(N|n)etwork_(N|n)ame/,
  },
  {
    name: "10,000 ranges",
    stdin: config({ type: "berth", ranges: Array.from({ length: 10_000 }, () => range) }),
    code: 7,
    says: /"ipam\.ranges": expected .*at most 1000/,
  },
  {
    name: "a range that is no CIDR",
    stdin: config({ type: "berth", range: "10.88.0.0/33" }),
    code: 7,
    says: /"ipam\.range": expected .*10\.88\.0\.0\/33/,
  },
  {
    name: "a first address of the other family",
    stdin: config({ type: "berth", ...range, range_start: "fd88::1" }),
    code: 7,
    says: /"ipam\.range_start": expected .*an IPv4 address/,
  },
  {
    name: "a last address outside the range",
    stdin: config({ type: "berth", ...range, range_end: "10.89.0.1" }),
    code: 7,
    says: /"ipam\.range_end": expected .*10\.89\.0\.1/,
  },
  {
    name: "an exclusion outside the range",
    stdin: config({ type: "berth", ...range, exclude: ["10.89.0.0/30"] }),
    code: 7,
    says: /"ipam\.exclude\[0\]": expected .*addresses inside 10\.88\.0\.0\/28/,
  },
  {
    name: "an exclusion of the other family",
    stdin: config({ type: "berth", ...range, exclude: ["fd88::1"] }),
    code: 7,
    says: /"ipam\.exclude\[0\]": expected .*addresses inside 10\.88\.0\.0\/28/,
  },
  {
    name: "an exclusion that covers all",
    stdin: config({ type: "berth", ...range, exclude: ["10.88.0.0/28"] }),
    code: 7,
    says: /"ipam\.exclude": expected .*at least one|ipam\.exclude .*address/,
  },
  {
    name: "nothing to give addresses from",
    stdin: config({ type: "berth" }),
    code: 7,
    says: /a range, ranges, addresses or dhcp/,
  },
];

/** `CNI_*` variables; DEL needs container and interface as ADD does, and no namespace. */
export const environments: readonly Input[] = [
  {
    name: "no container id",
    env: { CNI_CONTAINERID: undefined },
    code: 4,
    says: /"CNI_CONTAINERID": expected a container id/,
  },
  {
    name: "a container id of 300 characters",
    env: { CNI_CONTAINERID: "c".repeat(300) },
    code: 4,
    says: /"CNI_CONTAINERID": expected a container id/,
  },
  {
    name: "a container id with a path",
    env: { CNI_CONTAINERID: "../../c1" },
    code: 4,
    says: /"CNI_CONTAINERID": expected .*not "\.\.\/\.\.\/c1"/,
  },
  {
    name: "a container id with a line break",
    env: { CNI_CONTAINERID: "c1\nERROR" },
    code: 4,
    says: /"CNI_CONTAINERID": expected .*not "c1\\nERROR"/,
  },
  { name: "no interface", env: { CNI_IFNAME: undefined }, code: 4, says: /"CNI_IFNAME": expected an interface name/ },
  {
    name: "an interface name of 16 characters",
    env: { CNI_IFNAME: "a".repeat(16) },
    code: 4,
    says: /"CNI_IFNAME": expected an interface name/,
  },
  {
    name: "an interface name with a slash",
    env: { CNI_IFNAME: "net/1" },
    code: 4,
    says: /"CNI_IFNAME": expected an interface name/,
  },
  {
    name: "an interface name with a control character",
    env: { CNI_IFNAME: "net\u0007" },
    code: 4,
    says: /"CNI_IFNAME": expected .*not "net\\u0007"/,
  },
  {
    name: "container and interface missing at once",
    env: { CNI_CONTAINERID: undefined, CNI_IFNAME: "" },
    code: 4,
    says: /"CNI_CONTAINERID, CNI_IFNAME": expected /,
  },
];

export const namespaces: readonly Input[] = [
  { name: "no namespace", env: { CNI_NETNS: undefined }, code: 4, says: /"CNI_NETNS": expected an absolute path/ },
  {
    name: "a relative namespace path",
    env: { CNI_NETNS: "run/netns/x" },
    code: 4,
    says: /"CNI_NETNS": expected an absolute path/,
  },
];

export const gone: Input = {
  name: "a namespace that is gone",
  env: { CNI_NETNS: "/run/netns/berth-never-was" },
  code: 4,
  says: /Cannot open network namespace "\/run\/netns\/berth-never-was": expected a network namespace/,
};

/** Only an ADD reads these. */
export const askings: readonly Input[] = [
  { name: "CNI_ARGS that are no pairs", env: { CNI_ARGS: "no pairs" }, code: 4, says: /CNI_ARGS.*expected pairs/ },
  { name: "CNI_ARGS with an unknown key", env: { CNI_ARGS: "FOO=1" }, code: 4, says: /CNI_ARGS.*IgnoreUnknown=1/ },
  { name: "a hostile pod name", env: { CNI_ARGS: "K8S_POD_NAME=../x" }, code: 4, says: /CNI_ARGS.*K8S_POD_NAME/ },
  {
    name: "a request that is no address",
    env: { CNI_ARGS: "IP=10.88.0.300" },
    code: 4,
    says: /CNI_ARGS IP.*10\.88\.0\.300/,
  },
  {
    name: "a request in a shape of its own",
    stdin: good.replace('"name"', '"runtimeConfig":{"ips":"10.88.0.5"},"name"'),
    code: 7,
    says: /runtimeConfig\.ips.*a list of addresses/,
  },
];
