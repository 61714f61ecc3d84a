/**
 * A way to a server on which the other end can go without a word, as when a cable is pulled.
 *
 * @module
 */
import { connect, createServer, type Socket } from "node:net";

/** Passes bytes on to `port` of this machine, until it is told to swallow them. */
export async function startHole(port: number) {
  const sockets = new Set<Socket>();
  let isOpen = true;
  let closed = 0;
  const hole = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on("data", (piece) => isOpen && to.write(piece)).on("error", () => undefined);
      from.on("close", () => isOpen && to.destroy());
    }
    near.on("close", () => (closed += 1));
  });
  await new Promise<void>((resolve) => hole.listen(0, "127.0.0.1", resolve));
  const address = hole.address();
  return {
    port: typeof address === "object" ? (address?.port ?? 0) : 0,
    swallow: () => (isOpen = false),
    pass: () => (isOpen = true),
    /** How many connections the client has ended. */
    closed: () => closed,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      hole.close();
    },
  };
}
