/**
 * `berthctl migrate`: changes over from Whereabouts to Berth, and back.
 *
 * @module
 */
import type { Command } from "commander";
import { shorten } from "../../core/failure/failure.ts";
import { goBack, judgeBack } from "../../core/migrate/back.ts";
import { finish, judgeFinish } from "../../core/migrate/finish.ts";
import type { MigrateNeeds } from "../../core/migrate/needs.ts";
import { type BackStep, backSteps } from "../../core/migrate/plan-back.ts";
import { type FinishOptions, type FinishStep, finishSteps, vouchedNodes } from "../../core/migrate/plan-finish.ts";
import type { NotDone, Watch } from "../../core/migrate/progress.ts";
import type { Reason } from "../../core/migrate/reasons.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { countWord } from "../format/words.ts";
import { tellUnreachable, withMigrate } from "../migrate/open-migrate.ts";
import { showStatus } from "../migrate/status.ts";
import { entriesWord, progressWord, reasonLines, stepWord, vouchedWord } from "../migrate/words.ts";
import type { Start } from "../start.ts";
import { refusal, tell } from "../refusal.ts";
import { visible } from "../terminal/visible.ts";
import type { Session } from "../world.ts";

type Options = {
  readonly dryRun?: boolean;
  readonly acceptUnknownExecutables?: boolean;
  readonly acceptUnseenAgents?: boolean;
  readonly removeDeadEntries?: boolean;
  readonly acceptAccount?: readonly string[];
  readonly json?: boolean;
};

export function addMigrate(program: Command, start: Start): void {
  program
    .command("migrate")
    .summary("change over from Whereabouts to Berth, and back")
    .description(
      `Changes a cluster over (docs/migrate-from-whereabouts.md).
status: what stands of both, and what is in the way. finish: Whereabouts loses its rights, Berth alone writes, the pools'
entries are removed. back: Whereabouts may write again. Each may be interrupted, and run again.`,
    )
    .argument("<action>", "status, finish or back")
    .option("--dry-run", "print what would be done, and change nothing")
    .option("--accept-unknown-executables", "finish: you looked for Whereabouts' executable where no agent tells")
    .option(
      "--accept-unseen-agents",
      "finish: you saw that an agent runs as a service of every node where no pod shows one",
    )
    .option("--remove-dead-entries", "finish: also remove entries of pods that are gone, never taken over by Berth")
    .option("--accept-account <namespace/name...>", "back: accounts that may get Whereabouts' role again")
    .option("--json", "status: print JSON")
    .addHelpText("after", "\nExample:\n  $ berthctl migrate finish --dry-run\n")
    .action((action: string, options: Options) => start((session) => migrate(session, action, options)));
}

function migrate(session: Session, action: string, options: Options): Promise<ExitCode> {
  const known = actions.get(action);
  if (known === undefined) {
    const message = `Cannot use action "${shorten(action)}": expected status, finish or back`;
    return tell(session.terminal, refusal(exitCodes.usage, message, "run: berthctl migrate --help"));
  }
  const misused = misusedOption(action, options);
  if (misused !== undefined) {
    const message = `Cannot use option "${misused}": expected it with another action than ${action}`;
    return tell(session.terminal, refusal(exitCodes.usage, message, "run: berthctl migrate --help"));
  }
  return withMigrate(session, (needs) => known(session, needs, options));
}

type Action = (session: Session, needs: MigrateNeeds, options: Options) => Promise<ExitCode>;

const actions: ReadonlyMap<string, Action> = new Map<string, Action>([
  [
    "status",
    (session, needs, options) => showStatus(session, needs, { ...finishOptions(options), json: options.json === true }),
  ],
  ["finish", runFinish],
  ["back", runBack],
]);

/** Which actions an option is of; each other one does not know it. */
const optionsOf: readonly (readonly [key: keyof Options, flag: string, actions: readonly string[]])[] = [
  ["json", "--json", ["status"]],
  ["dryRun", "--dry-run", ["finish", "back"]],
  ["acceptAccount", "--accept-account", ["back"]],
  ["acceptUnknownExecutables", "--accept-unknown-executables", ["status", "finish"]],
  ["acceptUnseenAgents", "--accept-unseen-agents", ["status", "finish"]],
  ["removeDeadEntries", "--remove-dead-entries", ["status", "finish"]],
];

function misusedOption(action: string, options: Options): string | undefined {
  const misused = optionsOf.find(([key, , actions]) => options[key] !== undefined && !actions.includes(action));
  return misused?.[1];
}

function finishOptions(options: Options): FinishOptions {
  const { acceptUnknownExecutables = false, acceptUnseenAgents = false, removeDeadEntries = false } = options;
  return { acceptUnknownExecutables, acceptUnseenAgents, removeDeadEntries };
}

async function runFinish(session: Session, needs: MigrateNeeds, options: Options): Promise<ExitCode> {
  const { terminal } = session;
  if (options.dryRun === true) {
    const judged = await judgeFinish(needs, finishOptions(options));
    if (judged.kind === "unreachable") return tellUnreachable(session, judged);
    const vouched = vouchedNodes(judged.sight, finishOptions(options));
    if (vouched.length > 0) await terminal.tell(`${visible(vouchedWord(vouched))}\n`);
    const steps = finishSteps(judged.sight, judged.orphans, needs.limits);
    return tellPlan(session, "finish", { steps, reasons: judged.reasons, namespace: needs.namespace });
  }
  const ended = await finish(needs, finishOptions(options), watchOf(session));
  if (ended.kind !== "removed") return tellNotDone(session, { action: "finish", namespace: needs.namespace }, ended);
  for (const { pool, entry } of ended.changed) {
    await terminal.tell(`Left an entry that was written meanwhile: key ${entry.key} of pool ${visible(pool.name)}\n`);
  }
  if (ended.changed.length > 0) return exitCodes.no;
  await terminal.write(
    `Done: Berth alone writes in namespace ${needs.namespace}; ${entriesWord(ended.entries)} removed\n`,
  );
  return exitCodes.done;
}

async function runBack(
  session: Session,
  needs: MigrateNeeds,
  { dryRun, acceptAccount = [] }: Options,
): Promise<ExitCode> {
  const { terminal } = session;
  const accepted = { acceptAccounts: acceptAccount };
  if (dryRun === true) {
    const judged = await judgeBack(needs, accepted);
    if (judged.kind === "unreachable") return tellUnreachable(session, judged);
    const steps = backSteps(judged.sight, needs.limits);
    return tellPlan(session, "back", { steps, reasons: judged.reasons, namespace: needs.namespace });
  }
  const ended = await goBack(needs, watchOf(session), accepted);
  switch (ended.kind) {
    case "nothing":
      await terminal.write(`Nothing to do in namespace ${needs.namespace}: Whereabouts may write already\n`);
      return exitCodes.done;
    case "back":
      await terminal.write(
        `Done: Whereabouts may write again in namespace ${needs.namespace}; ${countWord(ended.bound, "binding")} made\n`,
      );
      if (ended.bound === 0) await terminal.tell("No binding was on record: bind Whereabouts' ClusterRole by hand\n");
      return exitCodes.done;
    default:
      return tellNotDone(session, { action: "back", namespace: needs.namespace }, ended);
  }
}

function watchOf({ world, terminal }: Session): Watch {
  return {
    signal: world.interruption(),
    say: (progress) => terminal.write(`${visible(progressWord(progress))}\n`),
  };
}

const verbs = { finish: "finish changing over", back: "go back" } as const;

async function tellPlan(
  session: Session,
  action: keyof typeof verbs,
  { steps, reasons, namespace }: Plan,
): Promise<ExitCode> {
  const lines = steps.map((step, at) => `${at + 1}. ${visible(stepWord(step, namespace))}\n`);
  await session.terminal.write(lines.length === 0 ? `Nothing to do in namespace ${namespace}\n` : lines.join(""));
  return reasons.length === 0 ? exitCodes.done : tellReasons(session, { action, namespace }, reasons);
}

type Plan = {
  readonly steps: readonly (FinishStep | BackStep)[];
  readonly reasons: readonly Reason[];
  readonly namespace: string;
};

type Asked = { readonly action: keyof typeof verbs; readonly namespace: string };

function tellReasons(
  { terminal }: Session,
  { action, namespace }: Asked,
  reasons: readonly Reason[],
): Promise<ExitCode> {
  const found = countWord(reasons.length, "thing");
  const message = `Cannot ${verbs[action]} from Whereabouts in namespace "${namespace}": expected nothing in the way, found ${found}`;
  return tell(terminal, refusal(exitCodes.no, message, ...reasonLines(reasons)));
}

function tellNotDone(session: Session, asked: Asked, ended: NotDone): Promise<ExitCode> {
  const { action } = asked;
  const again = `run: berthctl migrate ${action}`;
  switch (ended.kind) {
    case "refused":
      return tellReasons(session, asked, ended.reasons);
    case "interrupted":
      return tell(
        session.terminal,
        refusal(exitCodes.interrupted, `Interrupted: the same command goes on from here`, again),
      );
    case "overtaken": {
      const message = `Cannot ${verbs[action]} "Whereabouts": expected nobody to change the mode meanwhile, found ${ended.mode}`;
      return tell(session.terminal, refusal(exitCodes.no, message, "run: berthctl migrate status"));
    }
    case "unreachable":
      return tellUnreachable(session, ended);
    default:
      return ended satisfies never;
  }
}
