/**
 * The built `berthctl` beside a real agent: reads while it runs and after it was killed, orders over its socket, and
 * what it does on a terminal and in a pipe.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type AgentPlace,
  agentPlace,
  launch,
  launcherFolder,
  removePlace,
  type RunningAgent,
  startAgent,
} from "../support/agent-process.ts";
import { createNamespace, type Namespace } from "../support/namespaces.ts";

const berthctlBundle = new URL("../../dist/cli/main.mjs", import.meta.url).pathname;
const agentBundle = new URL("../../dist/agent/main.mjs", import.meta.url).pathname;
const config = {
  cniVersion: "1.0.0",
  name: "blue-net",
  type: "bridge",
  ipam: { type: "berth", network_name: "blue", ranges: [{ range: "10.0.0.0/29" }] },
};

let place: AgentPlace;
let agent: RunningAgent;
let namespace: Namespace;

beforeAll(async () => {
  place = agentPlace(mkdtempSync(join(tmpdir(), "berthctl-")));
  namespace = await createNamespace();
  agent = await startAgent(place);
});
afterAll(async () => {
  await agent.stop();
  await namespace[Symbol.asyncDispose]();
  removePlace(place);
});

type Told = { readonly status: number; readonly out: string; readonly err: string };

type Typing = { readonly after: string; readonly typed: string };

/** @param typing what is typed once the output asks for it; standard input stays open until the program ends */
function execute(file: string, args: readonly string[], typing?: Typing): Promise<Told> {
  const env = {
    PATH: process.env["PATH"],
    TERM: "xterm",
    BERTH_STATE_DIR: place.stateDir,
    BERTH_ADMIN_SOCKET: place.adminSocket,
    ...place.env,
  };
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { env, stdio: ["pipe", "pipe", "pipe"] });
    let out = "";
    let err = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      const hasAsked = typing !== undefined && out.includes(typing.after);
      out += text;
      if (typing !== undefined && !hasAsked && out.includes(typing.after)) child.stdin.write(typing.typed);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
    child.once("error", reject);
    child.once("close", (status) => resolve({ status: status ?? -1, out, err }));
    child.stdin.on("error", () => undefined);
  });
}

const berthctl = (...args: readonly string[]) => execute(process.execPath, [berthctlBundle, ...args]);

/** On a pseudo terminal, made by script(1) of util-linux. */
function onTerminal(command: string, typed = ""): Promise<Told> {
  const whole = `${process.execPath} ${berthctlBundle} ${command}`;
  const args = ["--quiet", "--return", "--command", whole, "/dev/null"];
  return execute("script", args, { after: "[y/N] ", typed });
}

const add = (containerId: string, netns = namespace) =>
  launch(place, { verb: "ADD", containerId, netns: netns.path, config });

test.for([
  { name: "berthctl", bundle: berthctlBundle },
  { name: "the agent", bundle: agentBundle },
])("$name says in one line that Node 20 is too old for it", async ({ name, bundle }) => {
  // Looked for when it is loaded, before anything could be said.
  expect(readFileSync(bundle, "utf8")).not.toMatch(/^import .*"node:sqlite"/m);
  const versions = '{ ...process.versions, node: "20.20.2" }';
  const old = `Object.defineProperty(process, "versions", { value: ${versions} }); process.getBuiltinModule = undefined;`;
  const preload = `data:text/javascript,${encodeURIComponent(old)}`;
  expect(await execute(process.execPath, ["--import", preload, bundle, "--version"])).toEqual({
    status: 2,
    out: "",
    err: `Cannot run ${name} on Node "20.20.2": expected Node 24 or later (an installed Berth has its own: /usr/lib/berth/node)\n`,
  });
});

test("berthctl withholds an address that the agent then does not give, and undoes it", async () => {
  await add("c1");
  expect(await berthctl("withhold", "10.0.0.2", "--reason", "printer")).toEqual({
    status: 0,
    out: "Withheld: 10.0.0.2 in network blue\n",
    err: "",
  });
  expect((await add("c2")).json.ips?.[0]?.address).toBe("10.0.0.3/29");
  expect((await berthctl("show", "10.0.0.2")).out).toContain("  reason   printer\n");
  expect((await berthctl("withhold", "10.0.0.2", "--undo")).status).toBe(0);
  expect((await add("c3")).json.ips?.[0]?.address).toBe("10.0.0.2/29");
});

test("berthctl releases an address only when its namespace has gone, and the next ADD gets it", async () => {
  const ending = await createNamespace();
  const given = (await add("c4", ending)).json.ips?.[0]?.address.split("/")[0] ?? "";
  const refused = await berthctl("release", given, "--yes");
  expect(refused.status).toBe(1);
  expect(refused.err).toContain(`the network namespace ${ending.path} of pod /c4 stands`);
  await ending[Symbol.asyncDispose]();
  expect((await berthctl("show", given)).out).toContain(`${ending.path}: has gone`);
  expect(await berthctl("release", given, "--yes")).toEqual({
    status: 0,
    out: `Released ${given} of container c4 (network blue)\n`,
    err: "",
  });
  expect((await add("c5")).json.ips?.[0]?.address).toBe(`${given}/29`);
});

test("berthctl asks on a terminal, takes no for a no, and paints there", async () => {
  const ending = await createNamespace();
  const given = (await add("c6", ending)).json.ips?.[0]?.address.split("/")[0] ?? "";
  await ending[Symbol.asyncDispose]();
  const refused = await onTerminal(`release ${given}`, "n\r");
  expect(refused.out).toContain(`Release ${given} of container c6 (network blue)? [y/N]`);
  expect(refused.out).toContain("Nothing was released");
  expect(refused.status).toBe(1);
  const interrupted = await onTerminal(`release ${given}`, "\u0003");
  expect(interrupted.status).toBe(130);
  expect((await berthctl("show", given)).status).toBe(0);
  const agreed = await onTerminal(`release ${given}`, "y\r");
  expect(agreed.out).toContain(`Released ${given}`);
  expect(agreed.status).toBe(0);
  expect((await berthctl("show", given)).status).toBe(1);
  expect((await onTerminal("networks")).out).toContain("\u001b[1mNETWORK\u001b[22m");
  expect((await onTerminal("networks --no-color")).out).not.toContain("\u001b[1m");
});

test("berthctl in a pipe that is closed early ends quietly", async () => {
  const command = `{ ${process.execPath} ${berthctlBundle} leases --json; echo "status $?" >&2; } | head -n 1`;
  expect(await execute("sh", ["-c", command])).toEqual({
    status: 0,
    out: "{\n",
    err: expect.stringMatching(/^(?:\(this machine, [^\n]+\)\n)?status 0\n$/),
  });
});

test("berthctl doctor finds a healthy node healthy, and a launcher that is missing", async () => {
  const bin = join(place.directory, "bin");
  mkdirSync(bin);
  const broken = await berthctl("doctor", "--cni-bin", bin);
  expect(broken.out).toMatch(/^fail {2}launcher /m);
  expect(broken.status).toBe(1);
  for (const name of ["berth", "berth.mjs"]) copyFileSync(join(launcherFolder, name), join(bin, name));
  copyFileSync(join(bin, "berth"), join(bin, "whereabouts"));
  for (const name of ["bridge", "macvlan"]) copyFileSync("/bin/true", join(bin, name));
  const { status, out, err } = await berthctl("doctor", "--cni-bin", bin);
  expect(out).not.toMatch(/^(?:warn|fail)/m);
  expect(out).toMatch(/^ok {4}launcher as whereabouts .*protocol 1$/m);
  expect({ status, err }).toEqual({ status: 0, err: "" });
});

test("berthctl reads on when the agent was killed, and says how to start it when it is needed", async () => {
  const before = (await berthctl("leases")).out;
  await agent.kill();
  expect((await berthctl("leases")).out).toBe(before);
  expect((await berthctl("networks")).status).toBe(0);
  const { status, err } = await berthctl("release", "10.0.0.1", "--yes");
  expect(status).toBe(3);
  expect(err).toBe(
    `Cannot reach agent "${place.adminSocket}": expected an agent that listens there\n  start it: systemctl start berth-agent\n  run: berthctl doctor\n`,
  );
  const doctor = await berthctl("doctor");
  expect(doctor.out).toMatch(/^fail {2}agent .* not running: nobody listens on /m);
  expect(doctor.status).toBe(1);
  agent = await startAgent(place);
  expect((await berthctl("leases")).out).toBe(before);
});
