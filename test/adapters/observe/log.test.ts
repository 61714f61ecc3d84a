/**
 * Log lines as they leave the process: one line of JSON each, whatever a caller puts into them.
 *
 * @module
 */
import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import type { LogFields, LogLevel } from "../../../core/ports/log.ts";

/** What a program that logs at `level` prints. */
function printed(level: LogLevel, calls: readonly (readonly [LogLevel, string, LogFields?])[]): readonly object[] {
  const script = `import { createLog } from ${JSON.stringify(new URL("../../../adapters/observe/log.ts", import.meta.url).href)};
    const log = createLog(${JSON.stringify(level)}, "berth-test");
    for (const [at, message, fields] of JSON.parse(process.argv[1], (key, value) => key === "big" ? BigInt(value) : value))
      log[at](message, fields);
    process.kill(process.pid, "SIGKILL");`;
  const argument = JSON.stringify(calls, (_key, value: unknown) =>
    typeof value === "bigint" ? value.toString() : value,
  );
  const args = ["--input-type=module", "-e", script, argument];
  // Killed, so that the exit status is no concern: a line that is lost with the process is the one that was needed.
  const output = execFileSync("sh", ["-c", '"$0" "$@" || true', process.execPath, ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return output
    .split("\n")
    .filter((line) => line !== "")
    .map((line): object => JSON.parse(line));
}

const all: readonly (readonly [LogLevel, string])[] = [
  ["debug", "a"],
  ["info", "b"],
  ["warn", "c"],
  ["error", "d"],
];

test.each([
  { level: "debug", wanted: ["debug", "info", "warn", "error"] },
  { level: "info", wanted: ["info", "warn", "error"] },
  { level: "error", wanted: ["error"] },
] as const)(
  "at level $level it prints $wanted, and nothing is lost when the process is killed",
  ({ level, wanted }) => {
    expect(printed(level, all).map((line) => Reflect.get(line, "level"))).toEqual(wanted);
  },
);

test("a line has its time, program and fields; numbers beyond 2^53 are whole", () => {
  const [line] = printed("info", [["info", "hello", { ip: "10.0.0.1", count: 3, ok: true, big: 2n ** 64n }]]);
  expect(line).toEqual({
    level: "info",
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    program: "berth-test",
    ip: "10.0.0.1",
    count: 3,
    ok: true,
    big: "18446744073709551616",
    msg: "hello",
  });
});

test("a newline in a message or a field makes no line of its own", () => {
  const forged = '\n{"level":"error","msg":"forged"}\r\u2028\u001b[31m';
  const lines = printed("info", [["warn", forged, { pod: forged }]]);
  expect(lines).toMatchObject([{ level: "warn", msg: forged, pod: forged }]);
});
