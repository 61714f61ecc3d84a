/**
 * Log lines as JSON, one a line, for journald and for containers.
 *
 * @module
 */
import { pino } from "pino";
import type { Log, LogFields, LogLevel } from "../../core/ports/log.ts";

/** Written at once: a line that is lost with the process is the one that was needed. */
export function createLog(level: LogLevel, program: string, to: "stdout" | "stderr" = "stdout"): Log {
  const logger = pino(
    {
      level,
      base: { program },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination({ fd: to === "stdout" ? 1 : 2, sync: true }),
  );
  const at =
    (name: LogLevel) =>
    (message: string, fields: LogFields = {}) =>
      logger[name](plain(fields), message);
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** JSON has no bigint. */
function plain(fields: LogFields): Record<string, string | number | boolean | undefined> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, typeof value === "bigint" ? value.toString() : value]),
  );
}
