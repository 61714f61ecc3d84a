/**
 * The C and the TypeScript launcher side by side: the same call, the same bytes out, the same bytes sent.
 *
 * @module
 */
import { fc } from "@fast-check/vitest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startFakeAgent } from "../../support/fake-agent.ts";
import { type Bench, type LauncherName, makeBench, type Outcome, type Run } from "./launchers.ts";
import { configText, environmentOf, type Place, placeIn, readSpool } from "./place.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

/** A call, and what the agent says: undefined for no agent. */
type Encounter = { readonly run: (place: Place) => Run; readonly answer: Uint8Array | string | undefined };

type Traces = {
  readonly outcome: Omit<Outcome, "tookMs">;
  readonly sent: readonly string[];
  readonly spooled: readonly string[];
};

/** What differs from run to run by its nature is made equal. */
function neutral(bytes: Buffer): string {
  return bytes
    .toString("latin1")
    .replace(/BERTH_STARTED=\d+/, "BERTH_STARTED=N")
    .replace(/BERTH_BUDGET=\d+/, "BERTH_BUDGET=N");
}

async function meet(name: LauncherName, encounter: Encounter, socket: string): Promise<Traces> {
  const place = { ...placeIn(await bench.fresh()), socket };
  const { answer } = encounter;
  const agent =
    answer === undefined ? undefined : await startFakeAgent({ path: socket, onVisit: (visit) => visit.end(answer) });
  const { status, stdout, stderr } = await bench.run(name, encounter.run(place));
  await agent?.stop();
  const spooled = [...(await readSpool(place))].map(([file, bytes]) => `${file.slice(0, 17)}${neutral(bytes)}`);
  return {
    outcome: { status, stdout, stderr },
    sent: (agent?.visits ?? []).map(({ bytes }) => neutral(bytes)),
    spooled,
  };
}

async function compare(encounter: Encounter): Promise<void> {
  // One path for both, because messages name it.
  const { socket } = placeIn(await bench.fresh());
  const [one, two] = [await meet("c", encounter, socket), await meet("typescript", encounter, socket)];
  expect(two).toEqual(one);
}

describe("the two launchers", () => {
  it("do the same with whatever a runtime gives them and an agent answers", async () => {
    const piece = fc.oneof(
      ...['"cniVersion"', ":", '"1.0.0"', "{", "}", "[", "]", ",", '"', "\\", " ", "\n", '"0.4.0"', "\xff"].map(
        (text) => fc.constant(text),
      ),
    );
    const stdin = fc.array(piece, { maxLength: 14 }).map((pieces) => Buffer.from(pieces.join(""), "latin1"));
    const text = fc
      .uint8Array({ maxLength: 12 })
      .map((bytes) => Buffer.from(bytes.map((byte) => byte || 1)).toString("latin1"));
    const answer = fc.oneof(
      fc.constantFrom(
        "",
        "0",
        "0\n",
        "1\n",
        "00\n",
        "9\nx\n",
        "255\nx\n",
        "256\nx\n",
        "0\nx",
        "0\nx\ny\n",
        "0\n\n",
        " 0\nx\n",
        "-1\nx\n",
      ),
      fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes)),
      fc.constant(undefined),
    );
    // ADD and CHECK would wait 10 s for an agent that is not there: waits.test.ts has those.
    const call = fc
      .record({
        command: fc.constantFrom("ADD", "CHECK", "DEL", "GC", "STATUS", "VERSION", "add", ""),
        stdin,
        id: text,
        args: text,
        answer,
      })
      .filter(({ command, answer: answered }) => answered !== undefined || (command !== "ADD" && command !== "CHECK"));
    await fc.assert(
      fc.asyncProperty(call, async ({ command, stdin: given, id, args, answer: answered }) => {
        await compare({
          run: (place) => ({
            environment: [
              ...environmentOf(command, place).filter((entry) => !entry.startsWith("CNI_CONTAINERID")),
              `CNI_CONTAINERID=${id}`,
              `CNI_ARGS=${args}`,
            ],
            stdin: given,
          }),
          answer: answered,
        });
      }),
      { numRuns: 120 },
    );
  });

  it.each([
    { what: "a DEL without a place for its spool", command: "DEL", spool: "/dev/null/spool" },
    { what: "a DEL with a spool on procfs", command: "DEL", spool: "/proc/self/task" },
    { what: "a DEL with a spool of a long name", command: "DEL", spool: `/${"n".repeat(300)}` },
    { what: "a DEL with a spool whose name is not text", command: "DEL", spool: '/proc/"\\\n\xff\xc3\xa9' },
  ])("say the same of $what", async ({ command, spool }) => {
    await compare({
      run: (place) => ({ environment: environmentOf(command, { ...place, spool }), stdin: configText }),
      answer: undefined,
    });
  });
});
