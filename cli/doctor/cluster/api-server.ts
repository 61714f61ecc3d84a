/**
 * Does the API server answer, how fast, and what time is it there?
 *
 * @module
 */
import { shorten } from "../../../core/failure/failure.ts";
import type { Probe } from "../../../core/ports/kube-api.ts";
import { fail, type Finding, ok, warn } from "../finding.ts";
import type { ClusterPatient } from "./patient.ts";

const what = "API server";
const probes = 3;
/** An ADD waits for one request, and has 25 s with all its repeats; each has 5 s (PROTOCOL 7). */
const slowMs = 500;
const tooSlowMs = 2_000;
/** Certificates and tokens begin and end by both clocks. */
const skewMs = 5_000;
const badSkewMs = 60_000;

/** @returns `isUp` false: nothing else can be looked at */
export async function checkApiServer({
  session,
  cluster,
}: ClusterPatient): Promise<{ readonly findings: readonly Finding[]; readonly isUp: boolean }> {
  const { clock } = session.world;
  // The first one makes the connection.
  let probe: Probe = await cluster.api.probe();
  let slowest = 0;
  for (let round = 0; probe.kind === "up" && round < probes; round += 1) {
    probe = await cluster.api.probe();
    if (probe.kind === "up") slowest = Math.max(slowest, probe.tookMs);
  }
  const nowMs = clock.nowMs();
  if (probe.kind !== "up") return { findings: [away(probe)], isUp: false };
  return { findings: [speed(probe.version, slowest), ...skew(probe.serverMs, nowMs)], isUp: true };
}

function away(probe: Exclude<Probe, { kind: "up" }>): Finding {
  if (probe.kind === "unknown")
    return fail(what, `no answer: ${shorten(probe.reason)}`, "is it there? run: kubectl get --raw /readyz");
  return fail(what, `it turns us away (${probe.status}): ${shorten(probe.message)}`, "run: kubectl auth whoami");
}

function speed(version: string, tookMs: number): Finding {
  const text = `${version}, answers within ${Math.max(1, Math.round(tookMs))} ms`;
  if (tookMs < slowMs) return ok(what, text);
  const next = "look at its load and at etcd's disk: kubectl get --raw '/readyz?verbose'";
  return tookMs < tooSlowMs ? warn(what, `${text}: ADDs are slow`, next) : fail(what, `${text}: ADDs fail`, next);
}

/** The header has whole seconds. */
function skew(serverMs: number | undefined, nowMs: number): readonly Finding[] {
  if (serverMs === undefined) return [warn("clock", "the API server does not say its time", "run: kubectl version")];
  const off = Math.abs(nowMs - serverMs);
  if (off <= skewMs) return [ok("clock", "this machine's and the API server's agree")];
  const seconds = Math.round(off / 1000);
  const text = `this machine's clock is ${seconds} s ${nowMs > serverMs ? "ahead of" : "behind"} the API server's`;
  const next = "set both by NTP: timedatectl status";
  return [off < badSkewMs ? warn("clock", text, next) : fail("clock", `${text}: tokens and certificates fail`, next)];
}
