/**
 * What a launcher answers by itself: people, VERSION, and commands that do not exist.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cniVersions } from "../../../core/cni/version.ts";
import { answerBytesMax, protocolVersion, stdinBytesMax } from "../../../core/wire/protocol.ts";
import { type Bench, launcherNames, makeBench, version } from "./launchers.ts";
import { environmentOf, errorLine, placeIn } from "./place.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

const usage = `berth: a CNI IPAM plugin, started by a container runtime with CNI_COMMAND in its environment
Usage: berth --version | --help
Environment: BERTH_SOCKET (/run/berth/agent.sock), BERTH_SPOOL (/run/berth/spool)
`;

describe.each(launcherNames)("the %s launcher", (name) => {
  it.each([
    { args: ["--version"], status: 0, stdout: `berth-launcher ${version} (protocol ${protocolVersion})\n`, stderr: "" },
    { args: ["--help"], status: 0, stdout: usage, stderr: "" },
    { args: [], status: 2, stdout: "", stderr: usage },
    { args: ["-v"], status: 2, stdout: "", stderr: usage },
    { args: ["--version", "x"], status: 2, stdout: "", stderr: usage },
  ])("answers a person who gives it $args", async ({ args, status, stdout, stderr }) => {
    expect(await bench.run(name, { environment: [], args })).toMatchObject({ status, stdout, stderr });
    // An empty variable is none.
    expect(await bench.run(name, { environment: ["CNI_COMMAND="], args })).toMatchObject({ status, stdout, stderr });
  });

  it.each([
    { what: "its version", stdin: '{"cniVersion":"0.4.0"}', echoed: "0.4.0" },
    { what: "a version nobody knows", stdin: '{"cniVersion":"9.12.345"}', echoed: "9.12.345" },
    { what: "space and newlines", stdin: '\n{ "name" : "n" ,\t"cniVersion"\r\n :  "1.0.0" }', echoed: "1.0.0" },
    { what: "another document inside", stdin: '{"args":{"cniVersion":"0.1.0"},"cniVersion":"1.0.0"}', echoed: "1.0.0" },
    { what: "the word as a value", stdin: '{"name":"cniVersion","cniVersion":"1.0.0"}', echoed: "1.0.0" },
    {
      what: "the word inside text",
      stdin: '{"n":"\\"cniVersion\\":\\"0.1.0\\"","cniVersion":"1.0.0"}',
      echoed: "1.0.0",
    },
    { what: "brackets inside text", stdin: '{"n":"}]{","cniVersion":"1.0.0"}', echoed: "1.0.0" },
    { what: "a backslash at a text's end", stdin: '{"n":"\\\\","cniVersion":"1.0.0"}', echoed: "1.0.0" },
    { what: "an escaped quote in a name", stdin: '{"\\"cniVersion":"0.1.0","cniVersion":"1.0.0"}', echoed: "1.0.0" },
    { what: "sixteen characters", stdin: '{"cniVersion":"1.0.012345678901"}', echoed: "1.0.012345678901" },
    { what: "seventeen characters", stdin: '{"cniVersion":"1.0.0123456789012"}', echoed: "1.1.0" },
    { what: "an empty version", stdin: '{"cniVersion":""}', echoed: "1.1.0" },
    { what: "a version that would break the answer", stdin: '{"cniVersion":"1\\",\\"x\\":\\"y"}', echoed: "1.1.0" },
    { what: "a word", stdin: '{"cniVersion":"one"}', echoed: "1.1.0" },
    { what: "a number", stdin: '{"cniVersion":1.0}', echoed: "1.1.0" },
    { what: "no end", stdin: '{"cniVersion":"1.0.0', echoed: "1.1.0" },
    { what: "no value", stdin: '{"cniVersion":', echoed: "1.1.0" },
    { what: "no colon", stdin: '{"cniVersion"', echoed: "1.1.0" },
    { what: "an escape at its end", stdin: '{"cniVersion\\', echoed: "1.1.0" },
    { what: "more ends than beginnings", stdin: ']}{"cniVersion":"1.0.0"}', echoed: "1.0.0" },
    { what: "nothing", stdin: "", echoed: "1.1.0" },
    { what: "bytes", stdin: Buffer.from([0, 0xff, 0x22, 0, 0x5c]), echoed: "1.1.0" },
    { what: "more than 1 MiB", stdin: `{"cniVersion":"0.3.1"}${" ".repeat(stdinBytesMax)}`, echoed: "0.3.1" },
  ])("answers VERSION without an agent, given $what", async ({ stdin, echoed }) => {
    const environment = environmentOf("VERSION", placeIn(await bench.fresh()));
    const stdout = `${JSON.stringify({ cniVersion: echoed, supportedVersions: cniVersions })}\n`;
    expect(await bench.run(name, { environment, stdin })).toMatchObject({ status: 0, stdout, stderr: "" });
  });

  it.each(["add", "ADD ", "PREPARE", "\xff"])("refuses the command %j", async (command) => {
    const environment = environmentOf(command, placeIn(await bench.fresh()));
    const message = 'Cannot use environment variable "CNI_COMMAND": expected ADD, CHECK, DEL, GC, STATUS or VERSION';
    const stdout = errorLine(4, message, "the runtime sets it: look at its version and its log");
    expect(await bench.run(name, { environment, stdin: '{"cniVersion":"1.0.0"}' })).toMatchObject({
      status: 1,
      stdout,
    });
  });
});

describe("launcher.h", () => {
  it("has the numbers of core/wire/protocol.ts", async () => {
    const header = await readFile(new URL("../../../cni/launcher/launcher.h", import.meta.url), "utf8");
    const [protocol, stdin, answer] = ["PROTOCOL", "STDIN_MAX", "ANSWER_MAX"].map((name) => {
      return Number(new RegExp(`^#define ${name} (\\d+)`, "m").exec(header)?.[1]);
    });
    expect({ protocol, stdin, answer }).toEqual({
      protocol: protocolVersion,
      stdin: stdinBytesMax,
      answer: answerBytesMax,
    });
  });
});
