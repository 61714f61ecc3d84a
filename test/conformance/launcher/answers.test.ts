/**
 * What a launcher sends to an agent, and what it makes of the answers.
 *
 * @module
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { readBootNs } from "../../../cni/launcher/boot-clock.ts";
import { answerBytesMax, stdinBytesMax } from "../../../core/wire/protocol.ts";
import { encodeAnswer } from "../../../core/wire/answer.ts";
import { type FakeAgent, startFakeAgent, type Visit } from "../../support/fake-agent.ts";
import { type Bench, launcherNames, makeBench } from "./launchers.ts";
import { configText, environmentOf, errorLine, type Place, placeIn, readSpool, unanswered } from "./place.ts";

let bench: Bench;
let agent: FakeAgent | undefined;
beforeAll(async () => {
  bench = await makeBench();
});
afterEach(async () => {
  await agent?.stop();
  agent = undefined;
});
afterAll(() => bench.remove());

const result = '{"cniVersion":"1.0.0","ips":[{"address":"10.0.0.5/24"}]}\n';
const isOk = (visit: Visit): void => visit.end(encodeAnswer(0, result));

async function listening(onVisit: (visit: Visit) => void): Promise<Place> {
  const place = placeIn(await bench.fresh());
  agent = await startFakeAgent({ path: place.socket, onVisit });
  return place;
}

describe.each(launcherNames)("the request of the %s launcher", (name) => {
  it("has our four numbers, every CNI variable byte for byte in order, and standard input", async () => {
    const place = await listening(isOk);
    const odd = ["CNI_ARGS=IgnoreUnknown=1;A=b\nc\n", "CNI_X=\xff\xfe\x01", "CNIX=no", "CNI_EMPTY="];
    await bench.run(name, { environment: environmentOf("ADD", place, ...odd), stdin: configText });
    const text = agent?.visits[0]?.bytes.toString("latin1") ?? "";
    const [, budget] = /BERTH_BUDGET=(\d+)/.exec(text) ?? [];
    expect(text.replace(/BERTH_STARTED=\d+/, "BERTH_STARTED=N")).toBe(
      [
        "BERTH_PROTOCOL=1",
        "BERTH_STARTED=N",
        `BERTH_BUDGET=${budget}`,
        `BERTH_STDIN=${configText.length}`,
        "CNI_COMMAND=ADD",
        "CNI_CONTAINERID=c1",
        "CNI_IFNAME=net1",
        "CNI_NETNS=/run/netns/c1",
        "CNI_PATH=/opt/cni/bin",
        "CNI_ARGS=IgnoreUnknown=1;A=b\nc\n",
        "CNI_X=\xff\xfe\x01",
        "CNI_EMPTY=",
        "",
        configText,
      ].join("\0"),
    );
  });

  it.each([
    { command: "ADD", budget: 27_000 },
    { command: "CHECK", budget: 11_000 },
    { command: "DEL", budget: 6_000 },
    { command: "GC", budget: 31_000 },
    { command: "STATUS", budget: 3_000 },
  ])("says how long a $command waits, and when it was started on the boot clock", async ({ command, budget }) => {
    const place = await listening(isOk);
    const before = readBootNs() - 50_000_000n;
    await bench.run(name, { environment: environmentOf(command, place), stdin: configText });
    const request = agent?.visits[0]?.request;
    expect(request?.protocol).toBe(1);
    // The time before the connection stood is part of it.
    expect(request?.budgetMs).toBeGreaterThanOrEqual(budget);
    expect(request?.budgetMs).toBeLessThan(budget + (command === "DEL" ? 1 : 1_000));
    expect(request?.started).toBeGreaterThan(before);
    expect(request?.started).toBeLessThan(readBootNs() + 50_000_000n);
  });

  it.each([
    { what: "nothing", stdin: Buffer.alloc(0) },
    { what: "every byte", stdin: Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)) },
    { what: "1 MiB", stdin: Buffer.alloc(stdinBytesMax, "x") },
  ])("carries $what as standard input", async ({ stdin }) => {
    const place = await listening(isOk);
    const outcome = await bench.run(name, { environment: environmentOf("ADD", place), stdin });
    expect(outcome).toMatchObject({ status: 0, stdout: result, stderr: "" });
    expect(Buffer.compare(agent?.visits[0]?.request.stdin ?? Buffer.alloc(1), stdin)).toBe(0);
  });

  it.each(["ADD", "CHECK", "GC", "STATUS"])(
    "is not sent by a %s with more than 1 MiB of standard input",
    async (command) => {
      const place = await listening(isOk);
      const stdin = configText + " ".repeat(stdinBytesMax);
      const outcome = await bench.run(name, { environment: environmentOf(command, place), stdin });
      const message = 'Cannot read request "standard input": expected at most 1048576 bytes';
      expect(outcome.stdout).toBe(errorLine(107, message, "make the network configuration smaller than 1 MiB"));
      expect(outcome.status).toBe(1);
      expect(agent?.visits).toEqual([]);
    },
  );

  it("is sent without standard input by a DEL with more than 1 MiB of it", async () => {
    const place = await listening((visit) => visit.end("0\n"));
    const outcome = await bench.run(name, {
      environment: environmentOf("DEL", place),
      stdin: Buffer.alloc(stdinBytesMax + 1, " "),
    });
    expect(outcome).toMatchObject({ status: 0, stdout: "" });
    expect(agent?.visits[0]?.request.stdin).toHaveLength(0);
  });

  it("has no standard input where that is closed", async () => {
    const place = await listening((visit) => visit.end("0\n"));
    const outcome = await bench.run(name, { environment: environmentOf("DEL", place), redirect: "<&-" });
    expect(outcome).toMatchObject({ status: 0, stdout: "", stderr: "" });
    expect(agent?.visits[0]?.request.stdin).toHaveLength(0);
  });

  it("fails where standard input is a directory, unless it is a DEL's", async () => {
    const place = await listening((visit) => visit.end("0\n"));
    const add = await bench.run(name, { environment: environmentOf("ADD", place), redirect: "</" });
    const message = 'Cannot read request "standard input": expected a file that can be read';
    expect(add.stdout).toBe(errorLine(5, message, "errno 21; the runtime passes it: look at its log", "1.1.0"));
    expect(await bench.run(name, { environment: environmentOf("DEL", place), redirect: "</" })).toMatchObject({
      status: 0,
    });
  });
});

describe.each(launcherNames)("an answer to the %s launcher", (name) => {
  const error = '{"cniVersion":"1.0.0","code":11,"msg":"no \\u00e9 ü"}\n';
  it.each([
    { what: "a result", command: "ADD", status: 0, stdout: result },
    { what: "an error", command: "ADD", status: 1, stdout: error },
    { what: "another exit status", command: "DEL", status: 77, stdout: error },
    { what: "the greatest exit status", command: "CHECK", status: 255, stdout: error },
    { what: "an empty success", command: "CHECK", status: 0, stdout: "" },
    { what: "the longest", command: "ADD", status: 0, stdout: `${"x".repeat(answerBytesMax - 3)}\n` },
  ])("is passed on exactly when it is $what", async ({ command, status, stdout }) => {
    const place = await listening((visit) => visit.end(encodeAnswer(status, stdout)));
    const outcome = await bench.run(name, { environment: environmentOf(command, place), stdin: configText });
    expect(outcome.stdout === stdout).toBe(true);
    expect(outcome).toMatchObject({ status, stderr: "" });
  });

  it("may come late and in pieces, while the connection stays open", async () => {
    let isOpen = true;
    const place = await listening((visit) => {
      void visit.left.then(() => {
        isOpen = false;
      });
      const pieces = ["", "0", "\n", result.slice(0, 5), result.slice(5)];
      const next = (): void => {
        visit.write(pieces.shift() ?? "");
        if (pieces.length > 0) setTimeout(next, 100);
        else {
          expect(isOpen).toBe(true);
          visit.end("");
        }
      };
      next();
    });
    const outcome = await bench.run(name, { environment: environmentOf("ADD", place), stdin: configText });
    expect(outcome).toMatchObject({ status: 0, stdout: result });
  });

  const halves = [
    { what: "nothing", answer: "" },
    { what: "no end of the status", answer: "0" },
    { what: "no status", answer: `\n${result}` },
    { what: "a status that is a word", answer: `ok\n${result}` },
    { what: "a status of four digits", answer: `0000\n${result}` },
    { what: "a status over 255", answer: `256\n${result}` },
    { what: "output that does not end", answer: `0\n${result.trimEnd()}` },
    { what: "an error without a message", answer: "1\n" },
    { what: "too much", answer: `0\n${"x".repeat(answerBytesMax - 2)}\n` },
  ];
  it.each([...halves, { what: "no result", answer: "0\n" }])(
    "to an ADD is none when it has $what",
    async ({ answer }) => {
      const place = await listening((visit) => visit.end(answer));
      const outcome = await bench.run(name, { environment: environmentOf("ADD", place), stdin: configText });
      expect(outcome).toMatchObject({ status: 1, stdout: unanswered(place, 11, 27), stderr: "" });
    },
  );

  it.each(halves)("to a DEL is none when it has $what: the DEL goes to the spool", async ({ answer }) => {
    const place = await listening((visit) => visit.end(answer));
    const outcome = await bench.run(name, { environment: environmentOf("DEL", place), stdin: configText });
    expect(outcome).toMatchObject({ status: 0, stdout: "", stderr: "" });
    expect([...(await readSpool(place)).values()]).toEqual([agent?.visits[0]?.bytes]);
  });

  it.each([
    { command: "CHECK", status: 1, code: 11, seconds: 11 },
    { command: "STATUS", status: 1, code: 50, seconds: 3 },
    { command: "GC", status: 0, code: 0, seconds: 31 },
  ])("to a $command may be a connection that was closed", async ({ command, status, code, seconds }) => {
    const place = await listening((visit) => visit.close());
    const outcome = await bench.run(name, { environment: environmentOf(command, place), stdin: configText });
    expect(outcome).toMatchObject({ status, stdout: code === 0 ? "" : unanswered(place, code, seconds) });
  });

  it("does not count when the request was not taken whole", async () => {
    const place = placeIn(await bench.fresh());
    agent = await startFakeAgent({
      path: place.socket,
      onVisit: isOk,
      onConnect: (socket) => {
        socket.write(encodeAnswer(0, result));
        socket.destroySoon();
      },
    });
    const outcome = await bench.run(name, {
      environment: environmentOf("ADD", place),
      stdin: Buffer.alloc(stdinBytesMax, " "),
    });
    expect(outcome).toMatchObject({ status: 1 });
    expect(outcome.stdout).toContain("expected a whole answer");
  });

  it("comes to each of 200 at once", async () => {
    const place = await listening((visit) => {
      const id = visit.request.env.get("CNI_CONTAINERID");
      visit.end(encodeAnswer(0, `{"for":"${id}"}\n`));
    });
    const base = environmentOf("ADD", place).filter((entry) => !entry.startsWith("CNI_CONTAINERID"));
    const ids = Array.from({ length: 200 }, (_, index) => `c${index}`);
    const outcomes = await Promise.all(
      ids.map((id) => bench.run(name, { environment: [...base, `CNI_CONTAINERID=${id}`], stdin: configText })),
    );
    expect(outcomes.map(({ stdout }) => stdout)).toEqual(ids.map((id) => `{"for":"${id}"}\n`));
    expect(agent?.visits).toHaveLength(200);
  });

  it("that cannot be printed is a failure", async () => {
    const place = await listening(isOk);
    const outcome = await bench.run(name, {
      environment: environmentOf("ADD", place),
      stdin: configText,
      redirect: ">/dev/full",
    });
    expect(outcome).toMatchObject({ status: 1, stderr: "" });
  });
});
