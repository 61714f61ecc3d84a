/**
 * Whether this agent can serve, from memory: STATUS and the probes ask nobody.
 *
 * @module
 */

export type Health = {
  /** Whether the journal has room for new leases. */
  readonly hasRoom: () => boolean;
  readonly stateDir: string;
};

/** Why it cannot serve; empty when it can. */
export function reasonsNotReady(health: Health): readonly string[] {
  return health.hasRoom()
    ? []
    : [`the disk of ${health.stateDir} is full: new leases are refused, DELs are still recorded`];
}
