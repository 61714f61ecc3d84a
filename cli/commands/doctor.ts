/**
 * `berthctl doctor`: looks at everything a working node needs, and says what to run next. Changes nothing.
 *
 * @module
 */
import type { Command } from "commander";
import { defaultNamespace } from "../../core/kube/default-namespace.ts";
import { checkAgent } from "../doctor/agent.ts";
import { type ChosenStore, chooseStore } from "../choose-store.ts";
import { checkCluster } from "../doctor/cluster/check-cluster.ts";
import { fail, type Finding, ok, type Patient } from "../doctor/finding.ts";
import { checkLeases } from "../doctor/leases.ts";
import { checkPlugins } from "../doctor/plugins.ts";
import { checkRanges } from "../doctor/ranges.ts";
import { checkSpool } from "../doctor/spool.ts";
import { checkStateDirectory } from "../doctor/state-directory.ts";
import { checkStateFile } from "../doctor/state-file.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { toJson } from "../format/json-text.ts";
import type { Start } from "../start.ts";
import { painterFor, type Style } from "../terminal/style.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { visible } from "../terminal/visible.ts";
import { wrap } from "../terminal/wrap.ts";
import type { Session } from "../world.ts";

type Options = { readonly cniBin?: readonly string[]; readonly json?: boolean };

/** Where runtimes and Debian have them. */
const usualBins = ["/opt/cni/bin", "/usr/lib/cni"];

export function addDoctor(program: Command, start: Start): void {
  program
    .command("doctor")
    .summary("what is wrong on this node, and what to run next")
    .description(
      `Looks at the agent, its state directory and file, the spool, the plugins and the launcher, overlaps of ranges, and
leases that hang; in a cluster also at the API server, permissions, kinds, mode, pools, reservations, definitions and ranges
that others give. One line for each, beginning with ok, warn or fail. Changes nothing. Exit code 1 when something fails.`,
    )
    .option("--cni-bin <dir...>", `where the runtime has its plugins (${usualBins.join(" and ")})`)
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  $ berthctl doctor --cni-bin /usr/libexec/cni\n")
    .action((options: Options) => start((session) => doctor(session, options)));
}

async function doctor(session: Session, { cniBin = usualBins, json }: Options): Promise<ExitCode> {
  const { terminal } = session;
  const store = await chooseStore(session);
  // Who may not reach the agent is told so, line by line.
  const kind = store.kind === "kubernetes" ? "kubernetes" : "embedded";
  const onNode = await checkNode(session, kind, cniBin);
  const findings = store.kind === "kubernetes" ? [...onNode, ...(await checkStore(store))] : onNode;
  if (json === true) await terminal.write(`${toJson({ store: kind, findings }, 2)}\n`);
  else await printFindings(terminal, findings);
  return verdict(findings);
}

async function checkNode(
  session: Session,
  store: Patient["store"],
  cniBins: readonly string[],
): Promise<readonly Finding[]> {
  const { world, settings } = session;
  const reached = await world.admin(settings.adminSocket).status();
  const status = reached.kind === "answer" && reached.answer.kind === "done" ? reached.answer : undefined;
  const opened = world.openInventory(settings.stateDir);
  try {
    const isNode = opened.kind !== "absent" || reached.kind === "answer" || reached.why !== "absent";
    // An administrator's machine has no agent, and needs none.
    if (store === "kubernetes" && !isNode) return [ok("this machine", "no agent here: only the cluster is looked at")];
    return await examine({ session, store, cniBins, reached, status, opened });
  } finally {
    if (opened.kind === "open") opened.close();
  }
}

async function checkStore({
  session,
  status,
}: Extract<ChosenStore, { kind: "kubernetes" }>): Promise<readonly Finding[]> {
  const { world, settings } = session;
  const opened = await world.openApi(settings.kubeconfig);
  if (opened.kind === "fault") return [fail("kubeconfig", opened.message, opened.wayOut)];
  const { api, may, close } = opened;
  try {
    const namespace = settings.namespace ?? api.namespace ?? defaultNamespace;
    return await checkCluster({ session, cluster: { api, namespace }, may, status });
  } finally {
    close();
  }
}

async function examine(patient: Patient): Promise<readonly Finding[]> {
  return [
    ...(await checkAgent(patient)),
    ...(await checkStateDirectory(patient)),
    ...checkStateFile(patient),
    ...(await checkSpool(patient)),
    ...(await checkPlugins(patient)),
    // In a cluster the definitions themselves are looked at.
    ...(patient.store === "embedded" ? checkRanges(patient) : []),
    ...(await checkLeases(patient)),
  ];
}

/** Something that only root can look at is not known to be wrong. */
function verdict(findings: readonly Finding[]): ExitCode {
  if (findings.some(({ needsRoot }) => needsRoot === true)) return exitCodes.denied;
  return findings.some(({ level }) => level === "fail") ? exitCodes.no : exitCodes.done;
}

const styles: { readonly [level in Finding["level"]]: Style } = { ok: "good", warn: "attention", fail: "bad" };

async function printFindings(terminal: Terminal, findings: readonly Finding[]): Promise<void> {
  const width = Math.max(...findings.map(({ what }) => what.length));
  const lines = findings.flatMap((finding) => findingLines(terminal, finding, width));
  await terminal.write(`${lines.join("\n")}\n`);
}

const levelWidth = 6;
/** Narrower than this, the text goes under its heading. */
const besideMin = 24;

function findingLines(terminal: Terminal, { level, what, text, next }: Finding, width: number): readonly string[] {
  const paint = painterFor(terminal);
  const heading = `${paint(level, styles[level])}${" ".repeat(levelWidth - level.length)}`;
  const isNarrow = (terminal.columns ?? Number.POSITIVE_INFINITY) < levelWidth + width + 2 + besideMin;
  const indent = isNarrow ? levelWidth : levelWidth + width + 2;
  const blanks = " ".repeat(indent);
  const [first = "", ...others] = wrap(visible(text), indent, terminal.columns);
  const head = isNarrow ? [`${heading}${what}`, `${blanks}${first}`] : [`${heading}${what.padEnd(width)}  ${first}`];
  const advice = next === undefined ? [] : wrap(visible(next), indent + 2, terminal.columns);
  const arrows = advice.map((line, at) => `${blanks}${at === 0 ? paint("→", "quiet") : " "} ${line}`);
  return [...head, ...others.map((line) => `${blanks}${line}`), ...arrows];
}
