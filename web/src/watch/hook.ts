/** `window.marquee`: the hook that the browser tests read, and a handle for whoever debugs a stream. */

import type shaka from "shaka-player/dist/shaka-player.compiled-es2021.js";
import type { PlaybackSession } from "./types.ts";

export interface MarqueeHook {
  video: HTMLVideoElement | null;
  player: shaka.Player | null;
  /** As startPlayback answered it; null before it and after a stop. */
  session: PlaybackSession | null;
  /** The last position that the server acknowledged as durable, in milliseconds. */
  lastAcknowledgedMs: number | null;
  /** Whatever went wrong, oldest first; empty on a good run. */
  errors: string[];
}

declare global {
  interface Window {
    marquee: MarqueeHook;
  }
}

window.marquee = { video: null, player: null, session: null, lastAcknowledgedMs: null, errors: [] };

export const hook = window.marquee;
