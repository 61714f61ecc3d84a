/**
 * How `berthctl` ends: the one table, for the code, the help and the docs.
 *
 * @module
 */

export const exitCodes = {
  done: 0,
  no: 1,
  usage: 2,
  unreachable: 3,
  denied: 4,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export const exitMeanings: { readonly [name in keyof typeof exitCodes]: string } = {
  done: "done, and nothing is wrong",
  no: "no: nobody holds it, it was refused, faults found, a check failed",
  usage: "wrong usage, or a file that cannot be read",
  unreachable: "the agent or the API server cannot be reached, or did not answer",
  denied: "only root may: run it with sudo; or the API server forbids it",
  interrupted: "interrupted: nothing was changed, or the same command goes on",
};
