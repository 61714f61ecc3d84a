/**
 * The one table of failures. Names never change: tests and metrics use them. Only the words may.
 *
 * A message reads `Cannot <verb> <thing> "<value>": expected <wanted>`; `details` say which network, range and pod it
 * is about and which command to run next.
 *
 * @module
 */

type Entry = {
  /** 1 to 99 as in the CNI spec, section "Error"; ours from 100. */
  readonly code: number;
  readonly verb: string;
  readonly thing: string;
  /** What to run or look at next. */
  readonly hint: string;
};

export const failures = {
  // CNI SPEC: 1, incompatible CNI version.
  UnknownCniVersion: {
    code: 1,
    verb: "serve",
    thing: "cniVersion",
    hint: "set cniVersion to 1.0.0 in the network definition",
  },
  // 2, unsupported field: something the definition asks for that this agent does not have.
  UnsupportedField: { code: 2, verb: "serve", thing: "field", hint: "run: berthctl check-config <file>" },
  // 4, invalid environment variable.
  InvalidEnvironment: {
    code: 4,
    verb: "use",
    thing: "environment variable",
    hint: "the runtime sets these variables: look at its version and its log",
  },
  NamespaceGone: {
    code: 4,
    verb: "open",
    thing: "network namespace",
    hint: "nothing to do: the sandbox has ended, and the runtime makes a new one",
  },
  // 5, input or output failed.
  InterfaceUnreadable: { code: 5, verb: "read", thing: "interface", hint: "run: nsenter --net=<CNI_NETNS> ip address" },
  StoreUnreadable: { code: 5, verb: "read", thing: "store", hint: "run: berthctl doctor" },
  JournalUnwritable: { code: 5, verb: "record", thing: "call", hint: "run: berthctl doctor" },
  // 6, failed to decode content.
  UndecodableConfig: {
    code: 6,
    verb: "read",
    thing: "network configuration",
    hint: "run: berthctl check-config <file>",
  },
  // 7, invalid network config.
  InvalidConfig: { code: 7, verb: "use", thing: "network definition", hint: "run: berthctl check-config <file>" },
  InvalidRequest: { code: 7, verb: "take", thing: "request", hint: "run: berthctl --help" },
  PoolDisagreement: {
    code: 7,
    verb: "use",
    thing: "pool",
    hint: "give both definitions the same enable_overlapping_ranges",
  },
  // 11, try again later.
  PoolFull: {
    code: 11,
    verb: "give an address of",
    thing: "range",
    hint: "run: berthctl leases --network <network> --range <range>",
  },
  PoolUnusable: { code: 11, verb: "use", thing: "pool", hint: "run: berthctl doctor" },
  StoreAway: { code: 11, verb: "read", thing: "store", hint: "run: berthctl doctor" },
  StoreRefused: { code: 11, verb: "hold", thing: "address", hint: "run: berthctl doctor" },
  ClusterUnready: { code: 11, verb: "give", thing: "address", hint: "run: berthctl doctor" },
  OutcomeUnknown: { code: 11, verb: "hold", thing: "address", hint: "run: berthctl doctor" },
  DiskFull: {
    code: 11,
    verb: "record",
    thing: "call",
    hint: "free space on the disk of the state directory, then run: berthctl doctor",
  },
  Superseded: {
    code: 11,
    verb: "finish",
    thing: "ADD",
    hint: "nothing to do: the runtime has ended this attachment",
  },
  DeadlinePassed: { code: 11, verb: "finish", thing: "call", hint: "run: berthctl doctor" },
  Overloaded: { code: 11, verb: "take", thing: "call", hint: "the runtime tries again; run: berthctl doctor" },
  Stopping: {
    code: 11,
    verb: "take",
    thing: "call",
    hint: "nothing to do: the agent is being restarted, and the runtime tries again",
  },
  // 50, the plugin is not available.
  NotReady: { code: 50, verb: "serve", thing: "requests", hint: "run: berthctl doctor" },
  // Ours.
  Internal: {
    code: 100,
    verb: "finish",
    thing: "call",
    hint: "this is a defect of Berth: please report it with the agent's log",
  },
  AddressTaken: { code: 101, verb: "give", thing: "address", hint: "run: berthctl show <address>" },
  AddressNotAllowed: {
    code: 102,
    verb: "give",
    thing: "address",
    hint: "ask for an address of a range of this definition",
  },
  LeaseMissing: {
    code: 103,
    verb: "confirm",
    thing: "attachment",
    hint: "make the sandbox anew: delete the pod, or remove the container and run it again",
  },
  ResultDiffers: { code: 104, verb: "confirm", thing: "address", hint: "run: berthctl show <address>" },
  InterfaceDiffers: {
    code: 105,
    verb: "confirm",
    thing: "interface",
    hint: "something removed the address inside the container: make the sandbox anew",
  },
  ProtocolMismatch: {
    code: 106,
    verb: "speak with",
    thing: "launcher",
    hint: "install the launcher of this agent's version: run: berthctl doctor",
  },
  RequestTooLarge: {
    code: 107,
    verb: "read",
    thing: "request",
    hint: "make the network configuration smaller than 1 MiB",
  },
  DhcpUnavailable: {
    code: 108,
    verb: "serve",
    thing: "ipam.type",
    hint: "this Berth has no DHCP daemon: use ranges or static addresses",
  },
  StillInUse: { code: 109, verb: "release", thing: "address", hint: "run: berthctl show <address>" },
  InvalidSchedule: {
    code: 110,
    verb: "read",
    thing: "schedule",
    hint: "set key reconciler_cron_expression of ConfigMap whereabouts-config; until then the last good one is in force",
  },
} as const satisfies { readonly [name: string]: Entry };

export type FailureName = keyof typeof failures;

/** What a failure is about, for `details`. Left out where unknown. */
export type About = {
  readonly network?: string | undefined;
  readonly range?: string | undefined;
  readonly pod?: string | undefined;
  readonly definition?: string | undefined;
  readonly containerId?: string | undefined;
  readonly ifName?: string | undefined;
};

export type Failure = {
  readonly name: FailureName;
  readonly code: number;
  /** One line, no full stop. */
  readonly message: string;
  /** What it is about, and the hint. */
  readonly details: string;
};

/** Makes a failure of the table. `value` is quoted and shortened; `expected` goes after "expected". */
export function failure(name: FailureName, value: string, expected: string, about: About = {}): Failure {
  const { code, verb, thing, hint } = failures[name];
  return {
    name,
    code,
    message: `Cannot ${verb} ${thing} "${shorten(value)}": expected ${expected}`,
    details: [aboutText(about), filledIn(hint, value, about)].filter((part) => part !== "").join("; "),
  };
}

/** Puts what is known into a hint, so that it can be pasted; what is not known stays as its `<name>`. */
function filledIn(hint: string, value: string, { network, range }: About): string {
  const known: { readonly [name: string]: string | undefined } = {
    address: /^[0-9a-fA-F:.]+/.exec(value)?.[0],
    network: network === "" ? "''" : network,
    // A range that is narrower than its CIDR is written "CIDR first-last".
    range: range?.split(" ")[0],
  };
  return hint.replaceAll(/<(address|network|range)>/g, (placeholder, name: string) => {
    const word = known[name];
    return word !== undefined && /^[\w.:/'-]+$/.test(word) ? word : placeholder;
  });
}

/** Control characters are escaped and long text is cut, so that hostile input cannot forge lines in a log. */
export function shorten(text: string, max = 120): string {
  const cut = text.length > max ? `${text.slice(0, max)}…` : text;
  // JSON's escapes are what an operator can paste back.
  return JSON.stringify(cut).slice(1, -1);
}

function aboutText(about: About): string {
  const parts: string[] = [];
  if (about.network !== undefined)
    parts.push(about.network === "" ? "network (unnamed)" : `network ${shorten(about.network)}`);
  if (about.range !== undefined) parts.push(`range ${about.range}`);
  if (about.pod !== undefined) parts.push(`pod ${shorten(about.pod)}`);
  if (about.definition !== undefined) parts.push(`definition ${shorten(about.definition)}`);
  if (about.containerId !== undefined) parts.push(`container ${shorten(about.containerId)}`);
  if (about.ifName !== undefined) parts.push(`interface ${shorten(about.ifName)}`);
  return parts.join(", ");
}
