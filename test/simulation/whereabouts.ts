/**
 * Whereabouts.
 *
 * @module
 */
import type { Interface, Machine, Printed } from "./machine.ts";
import type { World } from "./world.ts";

export class Whereabouts {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  async add(_machine: Machine, _one: Interface): Promise<Printed> {
    await this.#world.schedule.wait(1);
    return { kind: "failed", name: "x", message: "" };
  }

  async del(_machine: Machine, _one: Interface): Promise<void> {
    await this.#world.schedule.wait(1);
  }

  async podIsGone(_machine: Machine, _pod: string): Promise<void> {
    await this.#world.schedule.wait(1);
  }

  async reconcile(): Promise<void> {
    await this.#world.schedule.wait(1);
  }
}
