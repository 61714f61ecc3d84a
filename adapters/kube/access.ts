/**
 * How the API server is reached, and as whom: plain values, so that the process that serves calls needs no library to use
 * them. They hold secrets: nothing here is ever logged or put into a message.
 *
 * @module
 */

export type Access = {
  /** `https://host:port`, perhaps with a path below which the API is; without a slash at its end. */
  readonly server: string;
  /** `http://host:port` of a proxy that makes tunnels (CONNECT). */
  readonly proxy?: string | undefined;
  /** The name that the server's certificate has to have, where it is not the host of `server`. */
  readonly serverName?: string | undefined;
  /** False: whoever answers is believed (`insecure-skip-tls-verify`). */
  readonly isVerified: boolean;
  /** PEM; undefined: the authorities that Node knows. */
  readonly ca?: string | undefined;
  /** Client certificate and its key, PEM. */
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
  /** Sent with every request: `authorization`, `impersonate-user`, … */
  readonly headers: { readonly [name: string]: string | readonly string[] };
  /** Holds the bearer token, and is written anew before the token ends: read again and again. */
  readonly tokenFile?: string | undefined;
  readonly namespace?: string | undefined;
  /** What was read to get here: when one of them changes, `Access` is read again. */
  readonly files: readonly string[];
  /** A program gave the credentials, or was asked and gave none (`missing`): it can be asked again. */
  readonly isFromProgram: boolean;
  /** Wall clock, ms: when the credentials end, where whoever gave them said so. */
  readonly expiresAtMs?: number | undefined;
  /** Why there are no credentials although there should be. */
  readonly missing?: string | undefined;
};

/** Nobody can be asked, until a person puts this right. */
export type AccessFault = {
  readonly kind: "fault";
  /** `Cannot <verb> <thing> "<value>": expected <wanted>`. */
  readonly message: string;
  /** What to run or look at next. */
  readonly wayOut: string;
};

export type AccessRead = { readonly kind: "access"; readonly access: Access } | AccessFault;

/** What a connection depends on: another text means that a new one has to be made. */
export function identityOf({ server, proxy, serverName, isVerified, ca, certificate, key }: Access): string {
  return JSON.stringify([server, proxy, serverName, isVerified, ca, certificate, key]);
}
