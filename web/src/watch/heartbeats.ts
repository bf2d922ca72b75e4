/** Tells the server where the player is, one report after the other. */

import { messageOf, type Refusal } from "../shared/graphql.ts";
import type { Beat, HeartbeatPayload, PlaybackCommand } from "./types.ts";

export interface HeartbeatEvents {
  onAcknowledged(positionMs: number): void;
  onCommand(command: PlaybackCommand): void;
  onRefused(refusals: readonly Refusal[]): void;
  /** A report got lost; the next one goes out as usual. */
  onLost(message: string): void;
}

type Send = (sequence: number, beat: Beat) => Promise<HeartbeatPayload>;

/**
 * Reports at an interval while playing and whenever `report` is called. One report is under way at a time; of
 * those that come up meanwhile only the latest is sent, with the next sequence, so that the order is the player's.
 */
export class Heartbeats {
  readonly #read: () => Beat;
  readonly #send: Send;
  readonly #events: HeartbeatEvents;
  readonly #timer: ReturnType<typeof setInterval>;
  #sequence = 0;
  #busy = false;
  #again = false;
  #stopped = false;

  constructor(intervalMs: number, read: () => Beat, send: Send, events: HeartbeatEvents) {
    this.#read = read;
    this.#send = send;
    this.#events = events;
    this.#timer = setInterval(() => this.#onInterval(), intervalMs);
  }

  /** Sends what the player is doing now, or right after the report under way. */
  async report(): Promise<void> {
    if (this.#stopped) return;
    if (this.#busy) {
      this.#again = true;
      return;
    }
    this.#busy = true;
    do {
      this.#again = false;
      await this.#sendOne(this.#read());
    } while (this.#again && !this.#stopped);
    this.#busy = false;
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
  }

  #onInterval(): void {
    const state = this.#read().state;
    if (state === "PLAYING" || state === "BUFFERING") void this.report();
  }

  async #sendOne(beat: Beat): Promise<void> {
    this.#sequence += 1;
    try {
      const payload = await this.#send(this.#sequence, beat);
      if (this.#stopped) return;
      if (payload.userErrors.length > 0) this.#events.onRefused(payload.userErrors);
      else this.#events.onAcknowledged(beat.positionMs);
      if (payload.command) this.#events.onCommand(payload.command);
    } catch (error) {
      if (!this.#stopped) this.#events.onLost(messageOf(error));
    }
  }
}
