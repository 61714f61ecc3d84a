/**
 * What is wrong with whole objects: pools that cannot be read, keys that are none, objects of other namespaces.
 *
 * @module
 */
import { shorten } from "../failure/failure.ts";
import { annotations } from "../kube/labels.ts";
import { readReservation } from "../kube/reservation.ts";
import type { KubeObject } from "../ports/kube-api.ts";
import type { Compared, Difference } from "./difference.ts";
import { eachAlien } from "./ledger.ts";
import { editCommand, poolWord } from "../kube/pool-sight.ts";
import { alienWords } from "./reasons.ts";

export function objectDifferences({ ledger }: Compared): readonly Difference[] {
  return [...pools(ledger), ...aliens(ledger), ...elsewhere(ledger), ...unreadable(ledger)];
}

function pools({ pools: sights }: Compared["ledger"]): readonly Difference[] {
  return sights.flatMap((pool): readonly Difference[] => {
    const about = {
      network: pool.network,
      address: undefined,
      object: poolWord(pool),
      run: `correct it: ${editCommand(pool)}`,
    };
    if (pool.text.kind === "unreadable") {
      const text = `expected ${pool.text.fault}`;
      return [{ ...about, kind: "unreadable-pool", text, berth: "leaves it, and gives none of its addresses" }];
    }
    if (!pool.isAmbiguous) return [];
    const text = `its name fits slices of several nodes, or another network's pool`;
    return [{ ...about, kind: "collision", text, berth: "takes its addresses for held" }];
  });
}

function aliens({ pools: sights }: Compared["ledger"]): readonly Difference[] {
  return [...eachAlien(sights)].map(({ pool, alien }) => ({
    kind: "alien-key",
    network: pool.network,
    address: alien.may,
    object: poolWord(pool),
    text: `key "${shorten(alien.key)}": ${alienWords[alien.fault]}`,
    berth: alien.may === undefined ? "leaves it" : "leaves it, and never gives the address it may mean",
    run: `correct or remove it: ${editCommand(pool)}`,
  }));
}

function elsewhere({ elsewhere: sights, strays }: Compared["ledger"]): readonly Difference[] {
  const objects = [
    ...sights.map((pool) => ({ namespace: pool.namespace, plural: "ippools", kind: "IPPool", name: pool.name })),
    ...strays.map(({ metadata: { namespace = "", name } }) => ({
      namespace,
      plural: "overlappingrangeipreservations",
      kind: "OverlappingRangeIPReservation",
      name,
    })),
  ];
  return objects.map(({ namespace, plural, kind, name }) => ({
    kind: "other-namespace",
    network: "",
    address: undefined,
    object: `${kind} ${namespace}/${name}`,
    text: "it stands in another namespace, and excludes nothing here",
    berth: "does not look at it",
    run: `look who uses it: kubectl --namespace ${namespace} get ${plural} ${name} --output yaml`,
  }));
}

/** Marked as Berth's, with marks that do not fit its name. */
export function isMisfit(object: KubeObject): boolean {
  return object.metadata.annotations?.[annotations.attempt] !== undefined && readReservation(object) === undefined;
}

function unreadable({ foreign }: Compared["ledger"]): readonly Difference[] {
  return foreign.filter(isMisfit).map(({ metadata: { namespace = "", name } }) => ({
    kind: "unreadable-reservation",
    network: "",
    address: undefined,
    object: `OverlappingRangeIPReservation ${namespace}/${name}`,
    text: "its annotations do not fit its name",
    berth: "keeps the address taken",
    run: `look at it: kubectl --namespace ${namespace} get overlappingrangeipreservations ${name} --output yaml`,
  }));
}
