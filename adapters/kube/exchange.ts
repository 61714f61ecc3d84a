/**
 * One HTTP request and what came of it, over whichever version of HTTP.
 *
 * @module
 */
import type { Signal } from "../../core/ports/clock.ts";

export type Method = "GET" | "POST" | "PATCH" | "DELETE";

export type HttpRequest = {
  readonly method: Method;
  /** With its query, below the server's own path. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: { readonly [name: string]: string | readonly string[] };
  readonly body: string | undefined;
};

export type Exchange =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly retryAfter: string | undefined;
      readonly date: string | undefined;
      readonly text: string;
    }
  | {
      readonly kind: "lost";
      readonly reason: string;
      /** False: no byte of it reached a server that worked on it. */
      readonly maySent: boolean;
      /** The whole connection went, not this request alone. */
      readonly isConnection: boolean;
    };

export type Watching = {
  /** Ends as `lost` soon after it aborts. */
  readonly signal: Signal;
  /** The server agreed. */
  readonly onBegin: () => void;
  readonly onPiece: (piece: Buffer) => void;
};

/** An open connection, or a few of one kind. */
export type Connection = {
  /** Never rejects. Ends as `lost` soon after `signal` aborts. */
  readonly exchange: (request: HttpRequest, signal: Signal) => Promise<Exchange>;
  /**
   * An exchange whose answer goes on and on: where the server agrees (2xx), each piece is handed on and none is kept. It does not count
   * as something under way.
   */
  readonly watch: (request: HttpRequest, watching: Watching) => Promise<Exchange>;
  /** False once it takes no new requests; those under way are finished. */
  readonly isOpen: () => boolean;
  /** How many requests the other end takes at once, as far as it has said so. */
  readonly roomFor: () => number;
  /** What it was made with (`identityOf`). */
  readonly identity: string;
  /** Takes no more requests, and ends with the last of those under way. */
  readonly retire: () => void;
  /** Ends at once, with what is under way. */
  readonly close: () => void;
};

/** How long something is waited for, ms. */
export type ConnectionTimes = {
  /** TCP and TLS together. */
  readonly connectMs: number;
  /** A connection with requests under way, and one without, is asked whether it lives after so long a silence. */
  readonly busyQuietMs: number;
  readonly idleQuietMs: number;
  /** It is given up when it does not answer that within so long. */
  readonly pongMs: number;
};
