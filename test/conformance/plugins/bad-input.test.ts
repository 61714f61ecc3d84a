/**
 * Whatever a runtime, a definition or an attacker sends: ADD and CHECK answer with the spec's code and say what was
 * expected, and change nothing; DEL and GC never fail for a fault in `ipam`.
 *
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { statusOf } from "../../support/ask-agent.ts";
import { createNamespace, type Namespace } from "../../support/namespaces.ts";
import { type HeldAddress } from "../../support/read-state.ts";
import type { Finished } from "../../tools/process.ts";
import { launcherNames, openQuay, type Quay } from "./quay.ts";

let quay: Quay;
let namespace: Namespace;
/** Held all the while: by container `witness`. */
let before: readonly HeldAddress[];

const range = { range: "10.88.0.0/28" };
const good = config({ type: "berth", network_name: "bad", ranges: [range, { range: "fd88::/125" }] });

beforeAll(async () => {
  quay = await openQuay();
  namespace = await createNamespace();
  const added = await call("c", { verb: "ADD", env: { CNI_CONTAINERID: "witness" }, stdin: good });
  expect(added, added.stdout).toMatchObject({ status: 0 });
  before = await quay.held();
  expect(before).toHaveLength(2);
});
afterAll(async () => {
  await namespace[Symbol.asyncDispose]();
  await quay[Symbol.asyncDispose]();
});

function config(ipam: unknown, head: object = {}): string {
  return JSON.stringify({ cniVersion: "1.1.0", name: "quay", type: "bridge", ...head, ipam });
}

type Input = {
  readonly name: string;
  /** Replaces, or with `undefined` takes away, what is good. */
  readonly env?: { readonly [name: string]: string | undefined };
  readonly stdin?: string;
  readonly code: number;
  /** What the message has to name. */
  readonly says: RegExp;
};

function call(
  launcher: "c" | "typescript",
  input: Pick<Input, "env" | "stdin"> & { readonly verb: string },
): Promise<Finished> {
  const env = {
    CNI_COMMAND: input.verb,
    CNI_CONTAINERID: "c1",
    CNI_IFNAME: "net1",
    CNI_NETNS: namespace.path,
    CNI_PATH: "/opt/cni/bin",
    ...input.env,
  };
  return quay.raw({ launcher, env, stdin: input.stdin ?? good });
}

/** Broken as a whole: no document at all. */
const documents: readonly Input[] = [
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
const heads: readonly Input[] = [
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
const ipams: readonly Input[] = [
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
const environments: readonly Input[] = [
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

const namespaces: readonly Input[] = [
  { name: "no namespace", env: { CNI_NETNS: undefined }, code: 4, says: /"CNI_NETNS": expected an absolute path/ },
  {
    name: "a relative namespace path",
    env: { CNI_NETNS: "run/netns/x" },
    code: 4,
    says: /"CNI_NETNS": expected an absolute path/,
  },
];

const gone: Input = {
  name: "a namespace that is gone",
  env: { CNI_NETNS: "/run/netns/berth-never-was" },
  code: 4,
  says: /Cannot open network namespace "\/run\/netns\/berth-never-was": expected a network namespace/,
};

/** Only an ADD reads these. */
const askings: readonly Input[] = [
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

const unchanged = async () => {
  expect(await quay.held(), "nothing is changed").toEqual(before);
  expect(await statusOf(quay.place)).toMatchObject({ intents: 0, freeing: 0 });
};

describe.each(launcherNames)("through the launcher in %s", (launcher) => {
  const refuses = async (verb: string, input: Input) => {
    const answer = await call(launcher, { ...input, verb });
    expect(answer, answer.stdout).toMatchObject({ status: 1, stderr: "" });
    expect(answer.stdout, "one line").toMatch(/^[^\n]+\n$/);
    const error = JSON.parse(answer.stdout);
    expect(error, answer.stdout).toMatchObject({
      code: input.code,
      msg: expect.stringMatching(/^Cannot [^\n]+ expected \S/),
    });
    expect(error.msg).toMatch(input.says);
    await unchanged();
  };
  const succeeds = async (verb: string, input: Pick<Input, "env" | "stdin">) => {
    expect(await call(launcher, { ...input, verb })).toEqual({ status: 0, stdout: "", stderr: "" });
    await unchanged();
  };
  const both = [...documents, ...heads, ...ipams, ...environments, ...namespaces];

  test.each([...both, gone, ...askings])("ADD refuses $name", (input) => refuses("ADD", input));
  test.each(both)("CHECK refuses $name", (input) => refuses("CHECK", input));
  test("CHECK of a container in a namespace that is gone says so", async () => {
    const stdin = good.replace('"name"', '"prevResult":{"cniVersion":"1.1.0","ips":[]},"name"');
    await refuses("CHECK", {
      name: "",
      env: { CNI_CONTAINERID: "witness", CNI_NETNS: "/run/netns/berth-never-was" },
      stdin,
      code: 105,
      says: /Cannot confirm interface "net1": expected an interface of that name in \/run\/netns\/berth-never-was/,
    });
  });

  test.each([...documents.slice(0, -1), ...heads, ...ipams, ...namespaces, gone, ...askings])(
    "DEL bears $name",
    (input) => succeeds("DEL", input),
  );
  test.each(environments)("DEL refuses $name", (input) => refuses("DEL", input));

  /** Lists the witness, as libcni does what lives. */
  const listed = '{"cni.dev/valid-attachments":[{"containerID":"witness","ifname":"net1"}],';
  test.each([...ipams, ...environments, ...namespaces])("GC bears $name", ({ stdin = good, ...input }) =>
    succeeds("GC", { ...input, stdin: stdin.replace("{", listed) }),
  );
  test.each(documents.slice(1))("GC frees nothing when it cannot read its list: $name", ({ stdin = "", code }) =>
    refuses("GC", { name: "", stdin: stdin.replace("{", listed), code: code, says: /expected / }),
  );

  test("a verb that is none is refused", () =>
    refuses("DANCE", { name: "", code: 4, says: /CNI_COMMAND.*: expected (one of )?ADD, / }));

  test("a broken DEL ends what its ADD took: the witness of a definition that can no longer be read", async () => {
    const env = { CNI_CONTAINERID: "c2" };
    expect(await call(launcher, { verb: "ADD", env, stdin: good })).toMatchObject({ status: 0 });
    await succeeds("DEL", { env, stdin: good.slice(0, -20) });
  });
});
