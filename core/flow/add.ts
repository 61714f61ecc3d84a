/**
 * The path of an ADD: all its addresses or none (invariant 2), the same answer for the same attachment (invariant 3),
 * and nothing is answered that is not on record (invariant 4).
 *
 * @module
 */
import { planReuse, type PodRow } from "../allocate/reuse.ts";
import { type Wanted, wantedOf } from "../allocate/wanted.ts";
import type { CniCall } from "../cni/call.ts";
import { versionFailure } from "../cni/fits-version.ts";
import type { GivenAddress, IpamResult } from "../cni/result.ts";
import type { Definition } from "../config/definition.ts";
import { type Failure, failure } from "../failure/failure.ts";
import type { Address } from "../ip/address.ts";
import type { Holder } from "../ports/holder.ts";
import { type Change, freeing, newestAttempt, type Row } from "../ports/journal.ts";
import { aboutHolder, aboutRow } from "./about.ts";
import { judge, takeEvidence, type Verdict } from "./evidence.ts";
import type { Asking, HoldNeeds } from "./asking.ts";
import { hold } from "./hold.ts";
import { notRecorded } from "./not-recorded.ts";
import { renewLease } from "./renew.ts";
import type { Deadline } from "./canceller.ts";
import type { Taken } from "./freer.ts";

export type AddCall = Extract<CniCall, { kind: "ADD" }>;

export type AddAnswer =
  /** `taken`: the rows that this very ADD made, for `takeBack` when its answer could not be delivered. */
  | { readonly kind: "result"; readonly result: IpamResult; readonly taken: readonly Taken[] }
  | { readonly kind: "failure"; readonly failure: Failure };

/** One address of the answer that stands in the store. */
type Part = {
  readonly want: Wanted;
  readonly address: Address;
  readonly id: number;
  readonly attempt: string;
  readonly version: string;
  /** Taken by this ADD, not before. */
  readonly isNew: boolean;
};

/** Runs in the attachment's turn. The deadline aborts when time is up, the launcher has gone, or a DEL came. */
export async function addPath(
  needs: HoldNeeds,
  call: AddCall,
  definition: Definition,
  deadline: Deadline,
): Promise<AddAnswer> {
  if (definition.dhcp)
    return refuse(
      failure("DhcpUnavailable", "dhcp", "ranges or static addresses", {
        network: definition.network,
        definition: definition.name,
      }),
    );
  const wanted = wantedOf(definition, call.requested);
  if (wanted.kind === "failure") return refuse(wanted.failure);
  const unfit = versionFailure(familiesOf(wanted.list), definition.cniVersion, {
    network: definition.network,
    definition: definition.name,
  });
  if (unfit !== undefined) return refuse(unfit);
  const taken = await takeEvidence(needs.ports.namespaces, needs.ports.clock, call.netns);
  if (taken.kind === "absent") {
    return refuse(
      failure("NamespaceGone", call.netns, "a network namespace at the path of CNI_NETNS", {
        containerId: call.containerId,
        ifName: call.ifName,
      }),
    );
  }
  if (taken.evidence.kind === "void") {
    needs.ports.log.warn("A lease cannot be proven stale later: its network namespace could not be read", {
      netns: call.netns,
      reason: taken.evidence.reason,
    });
  }
  const attachment = { definition: definition.name, containerId: call.containerId, ifName: call.ifName };
  const holder: Holder = {
    attachment,
    pod: call.pod,
    node: needs.ports.node,
    started: call.launch.started,
    evidence: taken.evidence,
  };
  const asking: Asking = {
    holder,
    network: definition.network,
    overlapping: definition.overlapping,
    reuseAfterMs: definition.reuseAfterMs,
    deadline,
    sinceNs: needs.ports.clock.bootNs(),
    replaced: [],
    attempts: [],
  };
  try {
    return await give(needs, asking, definition, wanted.list);
  } finally {
    for (const attempt of asking.attempts) needs.running.delete(attempt);
  }
}

async function give(
  needs: HoldNeeds,
  asking: Asking,
  definition: Definition,
  wanted: readonly Wanted[],
): Promise<AddAnswer> {
  const enforced = wanted.filter((want) => want.kind === "range" || want.unique);
  const parts = await holdAll(needs, asking, enforced);
  if (parts.kind === "failure") return parts;
  const answer = await record(needs, asking, parts.parts);
  return answer ?? { kind: "result", result: resultOf(definition, wanted, parts.parts), taken: takenBy(parts.parts) };
}

function familiesOf(wanted: readonly Wanted[]): readonly { readonly address: Pick<Address, "family"> }[] {
  return wanted.map((want) => ({ address: want.kind === "range" ? want.source.range : want.address }));
}

/** What an ADD used again is not its own to give back: the attachment may live on with it. */
function takenBy(parts: readonly Part[]): readonly Taken[] {
  return parts.filter(({ isNew }) => isNew);
}

type Parts = { readonly kind: "parts"; readonly parts: readonly Part[] };

async function holdAll(
  needs: HoldNeeds,
  asking: Asking,
  wanted: readonly Wanted[],
): Promise<Parts | Extract<AddAnswer, { kind: "failure" }>> {
  const again = await leasesToTakeAgain(needs, asking, wanted);
  const parts: Part[] = [];
  try {
    return await holdEach(needs, asking, { wanted, again, parts });
  } catch (error) {
    // A defect, or a disk that broke: what was taken before it must not stay.
    await needs.freer.takeBack(takenBy(parts), "the ADD failed");
    throw error;
  }
}

type Holding = {
  readonly wanted: readonly Wanted[];
  readonly again: ReadonlyMap<number, Row>;
  /** Filled as they are held. */
  readonly parts: Part[];
};

async function holdEach(
  needs: HoldNeeds,
  asking: Asking,
  { wanted, again, parts }: Holding,
): Promise<Parts | Extract<AddAnswer, { kind: "failure" }>> {
  for (const want of wanted) {
    const row = again.get(want.index);
    const renewed = row === undefined ? undefined : await renewLease(needs, asking, row, want);
    if (renewed?.kind === "held") {
      parts.push({ want, ...renewed, isNew: false });
      continue;
    }
    const answer = renewed?.kind === "refused" ? renewed : await hold(needs, asking, want);
    if (answer.kind === "refused") {
      await needs.freer.takeBack([...takenBy(parts), ...answer.owed], "the ADD failed");
      return refuse(answer.failure);
    }
    parts.push({ want, ...answer, isNew: true });
  }
  return { kind: "parts", parts };
}

/** What P11 gives again, after what the definition no longer allows was given back. */
async function leasesToTakeAgain(
  { ports, freer }: HoldNeeds,
  asking: Asking,
  wanted: readonly Wanted[],
): Promise<ReadonlyMap<number, Row>> {
  const { journal, namespaces, clock, log } = ports;
  const { attachment, pod } = asking.holder;
  // One in conflict is never answered again (P15), and what was never known to be held is no lease to take again.
  const living = (row: Row) =>
    row.conflict === "" && (row.state === "lease" || (row.state === "freeing" && row.version !== ""));
  const isOwn = (row: Row) =>
    ["", attachment.definition].includes(row.holder.attachment.definition) &&
    row.holder.attachment.containerId === attachment.containerId;
  const mine = (await journal.rowsOf(attachment)).filter(isOwn);
  const own = mine.filter(living);
  const conflicts = mine.filter((row) => row.state === "lease" && row.conflict !== "");
  asking.replaced.push(...conflicts.map((row) => ({ id: row.id, attempt: newestAttempt(row) })));
  const ofPod: PodRow[] = [];
  for (const row of pod?.uid === undefined ? [] : await journal.rowsOfPod(pod.uid, attachment.ifName)) {
    if (!living(row) || isOwn(row) || row.holder.attachment.containerId === attachment.containerId) continue;
    ofPod.push({ row, isGone: hasEnded(row, await judge(namespaces, clock, row.holder.evidence)) });
  }
  const plan = planReuse({ wanted, network: asking.network, overlapping: asking.overlapping, own, ofPod });
  for (const row of plan.stillUsed)
    log.warn("The pod's earlier sandbox still stands: its interface gets a new address", aboutRow(row));
  const reason = "the definition no longer allows it";
  if (plan.giveBack.length > 0) {
    await journal.commit(
      plan.giveBack.map((row) => freeing(row, reason)),
      { urgent: true },
    );
    await freer.addFreeing(plan.giveBack.map(({ id }) => id));
  }
  return plan.again;
}

/**
 * Whether the pod's earlier sandbox has. A pod has one at a time: of what Whereabouts gave nothing is known, and the ADD of another
 * says that it has ended (P17).
 */
function hasEnded({ state, holder }: Row, { kind }: Verdict): boolean {
  const isFollowed = kind === "unproven" && holder.attachment.definition === "";
  return state === "freeing" || kind === "gone" || kind === "earlier boot" || isFollowed;
}

/** The last commit: the leases and the answer together, unless a DEL was accepted meanwhile. */
async function record(needs: HoldNeeds, asking: Asking, parts: readonly Part[]): Promise<AddAnswer | undefined> {
  const { journal, clock } = needs.ports;
  const ids = parts.map(({ id }) => id);
  if (asking.deadline.signal.aborted) {
    await needs.freer.takeBack(takenBy(parts), "the launcher has gone");
    const about = aboutHolder(asking.holder, asking.network);
    return refuse(
      failure(
        "DeadlinePassed",
        `ADD of ${asking.holder.attachment.containerId}`,
        "a launcher that waits for the answer",
        about,
      ),
    );
  }
  if (parts.length === 0) return undefined;
  // What was true when the ADD began may no longer be: a store that went back in time, a mode that nobody confirmed (P4, P16).
  const unready = needs.keeper?.guard();
  if (unready !== undefined) {
    await needs.freer.takeBack(takenBy(parts), "the cluster changed under the ADD");
    return refuse(unready);
  }
  const changes: Change[] = [
    ...parts.map(({ id, version }): Change => ({ kind: "lease", id, version })),
    { kind: "answer", ids, atMs: clock.nowMs() },
    // The store may still have them under our name, for whoever contests them (P15).
    ...asking.replaced.map(({ id, attempt }) =>
      freeing({ id, attempts: [attempt] }, "another address was given instead"),
    ),
  ];
  const answer = await journal.commit(changes, { unless: asking.holder });
  if (answer.kind === "committed") {
    await needs.freer.addFreeing(asking.replaced.map(({ id }) => id));
    return undefined;
  }
  await needs.freer.takeBack(takenBy(parts), answer.kind === "superseded" ? "a DEL came meanwhile" : "the ADD failed");
  return refuse(notRecorded(asking.holder, answer, aboutHolder(asking.holder, asking.network)));
}

function resultOf(definition: Definition, wanted: readonly Wanted[], parts: readonly Part[]): IpamResult {
  const addresses = wanted.flatMap((want): GivenAddress[] => {
    if (want.kind === "static")
      return [{ address: want.address, prefixLength: want.prefixLength, gateway: want.gateway }];
    const part = parts.find(({ want: { index } }) => index === want.index);
    return part === undefined
      ? []
      : [{ address: part.address, prefixLength: want.source.range.prefix.length, gateway: want.source.gateway }];
  });
  return { addresses, routes: definition.routes, dns: definition.dns };
}

function refuse(why: Failure): Extract<AddAnswer, { kind: "failure" }> {
  return { kind: "failure", failure: why };
}
