/**
 * The demo, as somebody runs it: to its end, and interrupted in the middle. Nothing of it is left behind.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { ensureTools } from "../tools/install.ts";
import { run } from "../tools/process.ts";

const demoFile = new URL("../../scripts/demo.ts", import.meta.url).pathname;

beforeAll(async () => {
  const outcome = await ensureTools("demo", (line) => console.log(line));
  if (outcome.kind !== "ready") throw new Error(outcome.message);
}, 600_000);

type Demo = {
  readonly child: ChildProcess;
  readonly lines: readonly string[];
  /** Everything it makes on disk goes here, and each process of it has this in its environment. */
  readonly folder: string;
  /** Waits for a line that contains `text`. */
  readonly line: (text: string) => Promise<void>;
  readonly ended: Promise<number | NodeJS.Signals | null>;
};

function startDemo(): Demo {
  const folder = mkdtempSync("/tmp/d-");
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const env = { ...process.env, TMPDIR: folder };
  // A process group of its own, as a terminal gives it one.
  const child = spawn(process.execPath, [demoFile], { env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      lines.push(line);
      for (const check of waiting) check();
    });
  }
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once("close", (status, signal) => resolve(signal ?? status));
  });
  const line = async (text: string) => {
    const seen = new Promise<true>((resolve) =>
      waiting.add(() => lines.some((one) => one.includes(text)) && resolve(true)),
    );
    if ((await Promise.race([seen, ended])) !== true) throw new Error(`the demo ended early:\n${lines.join("\n")}`);
  };
  return { child, lines, folder, ended, line };
}

/** What the demo might touch of the machine. */
function machine() {
  return {
    links: readdirSync("/sys/class/net"),
    places: ["/var/lib/berth", "/run/berth"].map(existsSync),
  };
}

/** Processes that were started with this folder in their environment, and still run. */
function processesOf(folder: string): readonly string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const isOurs = readFileSync(`/proc/${pid}/environ`, "latin1").includes(folder);
        return isOurs ? [readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ")] : [];
      } catch {
        return [];
      }
    });
}

/** Namespaces carry the number of the process that made them. */
function namespacesOf({ child }: Demo): readonly string[] {
  const all = existsSync("/run/netns") ? readdirSync("/run/netns") : [];
  return all.filter((name) => name.startsWith(`berth-t-${child.pid}-`));
}

const expectNothingLeft = (demo: Demo, before: ReturnType<typeof machine>) => {
  expect(processesOf(demo.folder)).toEqual([]);
  expect(readdirSync(demo.folder)).toEqual([]);
  expect(namespacesOf(demo)).toEqual([]);
  expect(machine()).toEqual(before);
};

test("the demo keeps every promise, prints plainly into a pipe, and leaves nothing behind", async () => {
  const before = machine();
  const demo = startDemo();
  const status = await demo.ended;
  const text = demo.lines.join("\n");
  expect(status, text).toBe(0);
  expect(text).not.toContain("\u001b");
  expect(text).not.toContain("BROKEN");
  for (const promised of [
    "ok     db-1 has in red the very addresses that web-1 has in blue: 10.10.0.",
    "ok     db-1 pings db-2 at fd10::",
    "ok     web-3 asked for 10.10.0.50 and has it",
    "ok     printer has 10.10.0.200",
    'Cannot give address "10.10.0.50": expected ',
    'Cannot give an address of range "10.30.0.0/29": expected ',
    "ok     It holds 12 addresses: all that were held, less the two of web-3",
    "ok     The agent's sweep proved it gone",
    "no address is held any more",
    "$ berthctl leases",
  ]) {
    expect(text).toContain(promised);
  }
  const pids = [/^kill -9 (\d+)/m, /^A new agent runs, pid (\d+)/m].map((form) => text.match(form)?.[1]);
  expect(pids).toEqual([expect.any(String), expect.any(String)]);
  expect(pids[0]).not.toBe(pids[1]);
  expectNothingLeft(demo, before);
});

describe("an interruption in the middle", () => {
  test.each([
    { name: "of the whole group, as Ctrl-C is", sign: -1, at: "3. A range that is full" },
    { name: "of the demo alone, while there is no agent", sign: 1, at: "kill -9 " },
  ])("$name, leaves nothing behind", async ({ sign, at }) => {
    const before = machine();
    const demo = startDemo();
    await demo.line(at);
    expect(namespacesOf(demo)).not.toEqual([]);
    process.kill(sign * (demo.child.pid ?? 0), "SIGINT");
    expect(await demo.ended).toBe("SIGINT");
    expect(demo.lines.some((line) => line.startsWith("All "))).toBe(false);
    expectNothingLeft(demo, before);
  });
});

test("a user who is not root runs it in a user namespace of his own", async () => {
  const before = machine();
  const ended = await run("unshare", ["--user", "--map-user=1000", "--map-group=1000", process.execPath, demoFile]);
  expect(ended, ended.stdout + ended.stderr).toMatchObject({ status: 0 });
  expect(ended.stdout).toMatch(/^All \d+ promises were kept/m);
  expect(machine()).toEqual(before);
});

test("who cannot install what is missing is told the one command, with exit status 2", async () => {
  const before = machine();
  const hide = `for folder in /usr/lib/cni /usr/libexec/cni /opt/cni/bin; do
    [ ! -d $folder ] || mount -t tmpfs tmpfs $folder || exit 9
  done
  mount --bind /dev/null /etc/os-release && exec "$0" "$@"`;
  const ended = await run("unshare", ["--mount", "sh", "-c", hide, process.execPath, demoFile]);
  expect(ended).toEqual({
    status: 2,
    stdout: "sudo apt-get install -y containernetworking-plugins\n",
    stderr: expect.stringMatching(/^Cannot install "containernetworking-plugins" for the demo: expected [^\n]+\n$/),
  });
  expect(machine()).toEqual(before);
});
