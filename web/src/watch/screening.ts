/** One programme on one video element: from the right to watch it to the last heartbeat. */

import type shaka from "shaka-player/dist/shaka-player.compiled-es2021.js";
import { messageOf, type Refusal } from "../shared/graphql.ts";
import { leaving } from "../shared/session.ts";
import { sendHeartbeat, startPlayback, stopPlayback } from "./api.ts";
import { Heartbeats } from "./heartbeats.ts";
import { hook } from "./hook.ts";
import { createPlayer, load } from "./shaka.ts";
import type { Beat, PlaybackCommand, PlaybackDenied, PlaybackSession } from "./types.ts";

export type Status =
  | { kind: "starting" }
  | { kind: "playing"; player: shaka.Player; session: PlaybackSession }
  | { kind: "denied"; denied: PlaybackDenied }
  | { kind: "stopped"; message: string }
  | { kind: "failed"; message: string };

export interface Screen {
  video: HTMLVideoElement;
  stage: HTMLElement;
  onStatus(status: Status): void;
  /** Something to tell in passing, such as why the player was paused. */
  onNotice(message: string): void;
}

/** How soon to ask again for a film that is still being encoded. */
const NOT_READY_RETRY_MS = 5_000;
const REPORT_ON = ["playing", "pause", "seeked", "ended"] as const;

export class Screening {
  readonly #playableId: string;
  readonly #screen: Screen;
  readonly #listeners = new AbortController();
  #player: shaka.Player | null = null;
  #session: PlaybackSession | null = null;
  #heartbeats: Heartbeats | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(playableId: string, screen: Screen) {
    this.#playableId = playableId;
    this.#screen = screen;
    hook.video = screen.video;
    const { signal } = this.#listeners;
    for (const event of REPORT_ON) screen.video.addEventListener(event, () => void this.#heartbeats?.report(), { signal });
    globalThis.addEventListener("pagehide", () => this.#endSession(), { signal });
    leaving.addEventListener("signout", () => this.#endSession(), { signal });
  }

  /** Asks to play and plays; `terminate` names the streams to take over. Every outcome is told by onStatus. */
  async start(terminate: readonly string[] = []): Promise<void> {
    clearTimeout(this.#retry);
    this.#endSession();
    this.#tell({ kind: "starting" });
    try {
      const result = await startPlayback(this.#playableId, terminate);
      if (result.__typename === "PlaybackDenied") this.#onDenied(result);
      else await this.#play(result);
    } catch (error) {
      this.#fail(messageOf(error));
    }
  }

  /** Ends the session and lets go of the video. */
  async dispose(): Promise<void> {
    this.#listeners.abort();
    clearTimeout(this.#retry);
    this.#endSession();
    hook.player = null;
    await this.#player?.destroy();
  }

  get #disposed(): boolean {
    return this.#listeners.signal.aborted;
  }

  async #play(session: PlaybackSession): Promise<void> {
    this.#session = hook.session = session;
    if (this.#disposed) return this.#endSession();
    this.#player ??= await createPlayer(this.#screen.video, this.#screen.stage, (message) => this.#fail(message));
    hook.player = this.#player;
    hook.errors.push(...(await load(this.#player, session, session.resumeAtMs)));
    // Another start, a stop or a leave may have come between.
    if (this.#disposed || this.#session !== session) return;
    this.#heartbeats = this.#reportOn(session);
    this.#tell({ kind: "playing", player: this.#player, session });
    await this.#screen.video.play().catch(explainAutoplay(this.#screen));
  }

  #reportOn(session: PlaybackSession): Heartbeats {
    const send = (sequence: number, beat: Beat) => sendHeartbeat(session.id, sequence, beat);
    return new Heartbeats(session.heartbeatIntervalMs, () => this.#beat(), send, {
      onAcknowledged: (positionMs) => void (hook.lastAcknowledgedMs = positionMs),
      onCommand: (command) => this.#obey(command),
      onRefused: (refusals) => this.#onRefused(refusals),
      onLost: (message) => void hook.errors.push(`heartbeat: ${message}`),
    });
  }

  #beat(): Beat {
    const { video } = this.#screen;
    const stats = this.#player?.getStats();
    const state = video.ended ? "ENDED" : video.paused ? "PAUSED" : this.#player?.isBuffering() ? "BUFFERING" : "PLAYING";
    return {
      positionMs: positionOf(video),
      state,
      bitrate: stats?.streamBandwidth ? Math.round(stats.streamBandwidth) : null,
      rebufferMs: stats ? Math.round(stats.bufferingTime * 1000) : null,
    };
  }

  #obey(command: PlaybackCommand): void {
    this.#screen.video.pause();
    if (command.kind === "PAUSE") this.#screen.onNotice(command.message);
    else this.#stopHere(command.message);
  }

  #onRefused(refusals: readonly Refusal[]): void {
    this.#screen.video.pause();
    this.#stopHere(refusals.map((refusal) => refusal.message).join(" "));
  }

  /** The server has ended the session already, so there is nothing to stop there. */
  #stopHere(message: string): void {
    this.#forgetSession();
    void this.#player?.unload();
    this.#tell({ kind: "stopped", message });
  }

  #onDenied(denied: PlaybackDenied): void {
    this.#tell({ kind: "denied", denied });
    if (denied.reason !== "NOT_READY" || this.#disposed) return;
    this.#retry = setTimeout(() => void this.start(), NOT_READY_RETRY_MS);
  }

  #fail(message: string): void {
    if (this.#disposed) return;
    hook.errors.push(message);
    this.#endSession();
    this.#tell({ kind: "failed", message });
  }

  #endSession(): void {
    const session = this.#session;
    if (!session) return;
    this.#forgetSession();
    const report = (message: string) => hook.errors.push(`stopPlayback: ${message}`);
    stopPlayback(session.id, positionOf(this.#screen.video)).then(
      (refusals) => refusals.forEach((refusal) => void report(refusal.message)),
      (error: unknown) => void report(messageOf(error)),
    );
  }

  #forgetSession(): void {
    this.#heartbeats?.stop();
    this.#heartbeats = this.#session = hook.session = null;
  }

  #tell(status: Status): void {
    if (!this.#disposed) this.#screen.onStatus(status);
  }
}

function positionOf(video: HTMLVideoElement): number {
  return Math.round(video.currentTime * 1000);
}

/** Browsers refuse to start sound without a gesture: the play button is then the way on, and no error. */
function explainAutoplay(screen: Screen): (error: unknown) => void {
  return (error) => {
    const name = error instanceof DOMException ? error.name : "";
    if (name === "NotAllowedError") screen.onNotice("Press play to start.");
    else if (name !== "AbortError") hook.errors.push(`play: ${messageOf(error)}`);
  };
}
