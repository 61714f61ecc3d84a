/**
 * Carries out what a comparison of the journal with the cluster shows (P14, P15): imports, gives back, restores what is
 * missing, and finds conflicts. Every step is a compare-and-set, and harmless twice.
 *
 * @module
 */
import { type Change, freeing, newestAttempt, type Row } from "../ports/journal.ts";
import type { Reservation } from "../ports/cluster.ts";
import type { Claim } from "../ports/store.ts";
import { aboutRow } from "./about.ts";
import { type Plan, planComparison } from "./compare.ts";
import type { Conflicts } from "./conflicts.ts";
import { EntryCheck } from "./entry-check.ts";
import type { KeeperNeeds } from "./keeper-needs.ts";
import { eachRow } from "./leases.ts";
import { isKept, lives } from "./lives.ts";
import { formatOpened, type Opened, parseOpened } from "./opened.ts";
import { settleIntents } from "./recover.ts";

export type Compared =
  | {
      readonly kind: "compared";
      /** Every living lease of this node has its reservation, or is in conflict and told. */
      readonly stands: boolean;
      /** Every lease that the cluster has of this node is on record, or its address is in conflict. */
      readonly isWhole: boolean;
      /** Why the API server is thought to have gone back in time (P16). */
      readonly fell: string | undefined;
      /** What another agent wrote under this node's name (P14). */
      readonly strangers: readonly Reservation[];
    }
  | { readonly kind: "unknown"; readonly reason: string };

/** What became of a lease whose reservation was not among the node's own. */
type Sight = "stands" | "restored" | "ended" | "conflict" | "unknown";

/** In exclusive mode nobody removes two live reservations at once but a restored copy (P16). */
const missingMax = 1;

export class Comparer {
  readonly #needs: KeeperNeeds;
  readonly #conflicts: Conflicts;
  readonly #entries: EntryCheck;
  /** The store's revision at the first comparison. */
  #begun: bigint | undefined;

  constructor(needs: KeeperNeeds, conflicts: Conflicts) {
    this.#needs = needs;
    this.#conflicts = conflicts;
    this.#entries = new EntryCheck(needs, conflicts);
  }

  /**
   * A row that makes way leaves its address to whom the cluster names: that one is taken on record by a second look.
   *
   * @param isAlone whether Whereabouts is absent
   */
  async compare(isAlone: boolean): Promise<Compared> {
    const first = await this.#compareOnce(isAlone);
    if (first.kind === "unknown" || first.isWhole) return first;
    const second = await this.#compareOnce(isAlone);
    return second.kind === "unknown" ? second : { ...second, fell: first.fell ?? second.fell };
  }

  async #compareOnce(isAlone: boolean): Promise<Compared> {
    const { ports, cluster, running } = this.#needs;
    const { journal } = ports;
    const rows: Row[] = [];
    for (const state of ["lease", "intent", "freeing"] as const) {
      for await (const row of eachRow(ports, state)) rows.push(row);
    }
    const answer = await cluster.own();
    if (answer.kind === "unknown") return answer;
    const { reservations: own, revision } = answer;
    const finished = await journal.finished(own.map(({ attempt }) => attempt));
    const opened = parseOpened(await journal.note("opened"));
    const { bootId } = ports.clock;
    const seen = { rows, own, finished, running, journal: journal.id, bootId, opened, begun: this.#begun };
    const plan = planComparison(seen);
    this.#begun ??= revision;
    await this.#takeIn(plan);
    await this.#giveBack(plan);
    await this.#noteOpened(opened, revision);
    for (const reservation of own.filter(({ isLabelled }) => !isLabelled)) await cluster.relabel(reservation);
    const restored = await this.#restoreAll(plan, isAlone);
    const entries = isAlone || (await this.#entries.check(own));
    const isWhole = await this.#hasJudged(plan);
    return { ...restored, stands: restored.stands && entries, isWhole, strangers: plan.strangers };
  }

  /** Whether what stands in the way of an import is known to live. Where it has ended, the import is still to be done. */
  async #hasJudged({ displaced }: Plan): Promise<boolean> {
    const { ports, freer, running } = this.#needs;
    if (displaced.some(({ row }) => row.state === "intent")) await settleIntents(ports, freer, running);
    const rows = await Promise.all(displaced.map(({ row }) => ports.journal.row(row.id)));
    return rows.every((row) => row?.state === "lease" && row.conflict !== "");
  }

  /** Once; and anew where the store went back behind it: what is written from then on bears lower revisions. */
  async #noteOpened(opened: Opened | undefined, revision: bigint): Promise<void> {
    const { clock, journal } = this.#needs.ports;
    if (opened !== undefined && (revision < 0n || revision >= opened.revision)) return;
    const now = { atMs: clock.nowMs(), boot: { bootId: clock.bootId, bootNs: clock.bootNs() } };
    const value = formatOpened({ ...now, ...opened, revision });
    await journal.commit([{ kind: "note", key: "opened", value }]);
  }

  async #takeIn(plan: Plan): Promise<void> {
    const { ports, freer } = this.#needs;
    for (const reservation of plan.import) {
      const change = importOf(reservation);
      if (change === undefined) continue;
      const answer = await ports.journal.commit([change]);
      if (answer.kind !== "committed") continue;
      await freer.addFreeing(answer.ids);
      ports.log.info("Imported a lease that the journal lacked", {
        network: reservation.place.network,
        reservation: reservation.name,
      });
    }
    for (const { row, reservation } of plan.adopted) await this.#adopt(row, reservation);
    for (const row of plan.settled) await this.#conflicts.settle(row, "reservation");
  }

  /** The journal is an old copy: the reservation knows better who holds it. */
  async #adopt(row: Row, { holder, attempt, version }: Reservation): Promise<void> {
    if (holder === undefined) return;
    const { journal } = this.#needs.ports;
    const now = await journal.row(row.id);
    if (now === undefined || newestAttempt(now) !== newestAttempt(row)) return;
    await journal.commit([
      { kind: "renew", id: row.id, holder, attempt, index: row.index },
      { kind: "lease", id: row.id, version },
    ]);
  }

  /** Late creates of rows that have ended (P9). A compare-and-set on what was read. */
  async #giveBack(plan: Plan): Promise<void> {
    const { ports } = this.#needs;
    for (const reservation of plan.giveBack) {
      const { contested } = reservation;
      const answer =
        contested === undefined
          ? await ports.store.release(reservation)
          : await ports.store.renew(reservation, contested);
      ports.log.warn("Gave back a reservation that was made after its ADD had ended", {
        reservation: reservation.name,
        answer: answer.kind,
      });
    }
  }

  async #restoreAll(
    plan: Plan,
    isAlone: boolean,
  ): Promise<Pick<Extract<Compared, { kind: "compared" }>, "kind" | "stands" | "fell">> {
    const sights: Sight[] = [];
    for (const row of plan.missing) sights.push(await this.restore(row));
    const gone = sights.filter((sight) => sight === "restored" || sight === "conflict").length;
    const fell =
      plan.risen !== undefined
        ? `reservation ${plan.risen.name} stands again although it had been removed`
        : isAlone && gone > missingMax
          ? `${gone} reservations of living leases were missing`
          : undefined;
    return { kind: "compared", stands: !sights.includes("unknown"), fell };
  }

  /** Looks for one lease by name, and makes its reservation anew where the lease lives (P15). */
  async restore(before: Row): Promise<Sight> {
    const { ports, cluster } = this.#needs;
    const row = await ports.journal.row(before.id);
    // Renewed, freed or ended meanwhile: its own path knows.
    if (row?.state !== "lease" || newestAttempt(row) !== newestAttempt(before)) return "stands";
    if (this.#needs.running.has(newestAttempt(row))) return "stands";
    try {
      const standing = await cluster.look(row.place);
      if (standing !== undefined && row.attempts.includes(standing.attempt)) {
        if (!standing.isLabelled) await cluster.relabel(standing);
        if (row.conflict !== "") await this.#conflicts.settle(row, "reservation");
        return "stands";
      }
      if (standing === undefined) return await this.#restoreAbsent(row);
      return await this.#contest(row, standing);
    } catch (error) {
      ports.log.warn("Cannot look for a lease's reservation yet", { ...aboutRow(row), reason: String(error) });
      return "unknown";
    }
  }

  /** Only a lease that lives contests: the journal may be an old copy, and another holds by right what this row had once. */
  async #contest(row: Row, standing: Reservation): Promise<Sight> {
    // What was never known to be held is nobody's lease, whatever the row says.
    const isLiving = row.version !== "" && (await lives(this.#needs, row));
    if (isLiving === true) {
      await this.#conflicts.found(row, standing);
      return "conflict";
    }
    return isLiving === undefined ? "unknown" : this.#end(row);
  }

  async #restoreAbsent(row: Row): Promise<Sight> {
    const { ports } = this.#needs;
    const isLiving = await isKept(this.#needs, row);
    if (isLiving === undefined) return "unknown";
    if (!isLiving) return this.#end(row);
    const attempt = newestAttempt(row);
    const claim: Claim = {
      place: row.place,
      kind: row.kind,
      attempt,
      holder: row.holder,
      sinceMs: row.sinceMs,
      reason: "",
    };
    const answer = await ports.store.claim(claim, true);
    switch (answer.kind) {
      case "held":
        ports.log.warn("The reservation of a living lease was missing: made it anew", aboutRow(row));
        ports.metrics.count("berth_repairs_total");
        return (await this.#confirm(row, answer.version)) ? "restored" : "stands";
      case "taken": {
        const standing = await this.#needs.cluster.look(row.place);
        if (standing !== undefined) await this.#conflicts.found(row, standing);
        return standing === undefined ? "unknown" : "conflict";
      }
      case "disagrees":
      case "refused":
      case "unknown":
        return "unknown";
      default:
        return answer satisfies never;
    }
  }

  /** What was renewed or freed while it was made anew is somebody else's to end: then the reservation goes back. */
  async #confirm(row: Row, version: string): Promise<boolean> {
    const { ports } = this.#needs;
    const now = await ports.journal.row(row.id);
    if (now !== undefined) {
      const changes: Change[] = now.state === "lease" ? [{ kind: "lease", id: row.id, version }] : [];
      const answer = await ports.journal.commit(changes);
      if (answer.kind === "committed") return true;
    }
    await ports.store.release({ ...row, version, attempt: newestAttempt(row) });
    return false;
  }

  /** Nobody holds it, and its sandbox has gone: there is nothing to give back. */
  async #end(row: Row): Promise<Sight> {
    const { ports, freer } = this.#needs;
    await ports.journal.commit([freeing(row, "its reservation was not there, nor is its sandbox")], { urgent: true });
    await freer.addFreeing([row.id]);
    return "ended";
  }
}

/** A withheld address is nobody's lease. */
function importOf(reservation: Reservation): Change | undefined {
  const { holder, kind, place, attempt, sinceMs, version } = reservation;
  if (holder === undefined || kind === "withheld") return undefined;
  const row = { holder, place, kind, index: 0, attempts: [attempt], sinceMs, reuseAfterMs: 0 };
  return { kind: "import", row, version, answeredMs: sinceMs };
}
