/**
 * The agent, as a person's program reaches it: orders and questions on its admin socket.
 *
 * @module
 */
import type {
  ReleaseAnswer,
  ReleaseRequest,
  StatusAnswer,
  UnwithholdAnswer,
  UnwithholdRequest,
  WithholdAnswer,
  WithholdRequest,
} from "../config/admin.ts";

export type Unreachable = {
  readonly kind: "unreachable";
  /**
   * - `absent`: no socket, or one that nobody listens on.
   * - `denied`: only root may.
   * - `unclear`: no whole answer came: an order may have been carried out.
   */
  readonly why: "absent" | "denied" | "unclear";
  readonly reason: string;
};

export type Reached<Answer> = { readonly kind: "answer"; readonly answer: Answer } | Unreachable;

/** Never throws. */
export type Admin = {
  readonly status: () => Promise<Reached<StatusAnswer>>;
  readonly release: (request: ReleaseRequest) => Promise<Reached<ReleaseAnswer>>;
  readonly withhold: (request: WithholdRequest) => Promise<Reached<WithholdAnswer>>;
  readonly unwithhold: (request: UnwithholdRequest) => Promise<Reached<UnwithholdAnswer>>;
};
