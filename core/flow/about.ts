/**
 * What a log line or a failure is about, in the same words everywhere.
 *
 * @module
 */
import type { About } from "../failure/failure.ts";
import { formatAddress } from "../ip/address-text.ts";
import type { LogFields } from "../ports/log.ts";
import { type Holder, podRef } from "../ports/holder.ts";
import type { Row } from "../ports/journal.ts";

export function aboutRow({ holder, place }: Pick<Row, "holder" | "place">): LogFields {
  return {
    network: place.network,
    range: place.pool,
    address: formatAddress(place.address),
    pod: podRef(holder),
    ...holder.attachment,
  };
}

export function aboutHolder(holder: Holder, network: string, range?: string): About {
  return { network, range, pod: podRef(holder), ...holder.attachment };
}
