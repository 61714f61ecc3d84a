/**
 * Whatever a runtime, a definition or an attacker sends: ADD and CHECK answer with the spec's code and say what was
 * expected, and change nothing; DEL and GC never fail for a fault in `ipam`.
 *
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { statusOf } from "../../support/ask-agent.ts";
import { createNamespace, type Namespace } from "../../support/namespaces.ts";
import type { HeldAddress } from "../../support/read-state.ts";
import type { Finished } from "../../tools/process.ts";
import { askings, documents, environments, gone, good, heads, type Input, ipams, namespaces } from "./bad-inputs.ts";
import { launcherNames, openQuay, type Quay } from "./quay.ts";

let quay: Quay;
let namespace: Namespace;
/** Held all the while: by container `witness`. */
let before: readonly HeldAddress[];

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

  test.each([...documents, ...heads, ...ipams, ...namespaces, gone, ...askings])("DEL bears $name", (input) =>
    succeeds("DEL", input),
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

  test("DEL brings back what its ADD took, also when the definition came truncated", async () => {
    const env = { CNI_CONTAINERID: "c2" };
    expect(await call(launcher, { verb: "ADD", env, stdin: good })).toMatchObject({ status: 0 });
    await succeeds("DEL", { env, stdin: good.slice(0, -20) });
  });
});
