/**
 * Structured log lines. Nothing secret is logged.
 *
 * @module
 */

export type LogLevel = "debug" | "info" | "warn" | "error";

export type LogFields = { readonly [name: string]: string | number | boolean | bigint | undefined };

export type Log = {
  readonly [level in LogLevel]: (message: string, fields?: LogFields) => void;
};
