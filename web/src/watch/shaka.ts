/** Shaka Player, set up for our manifests. */

import shaka from "shaka-player/dist/shaka-player.compiled-es2021.js";
import type { PlaybackSession, Protocol } from "./types.ts";

const MIME_TYPES: Record<Protocol, string> = { DASH: "application/dash+xml", HLS: "application/x-mpegurl" };
const PREFERRED: readonly Protocol[] = ["DASH", "HLS"];

/** A player on the video that draws subtitles into the stage. `onError` is told of each fatal error. */
export async function createPlayer(video: HTMLVideoElement, stage: HTMLElement, onError: (message: string) => void): Promise<shaka.Player> {
  shaka.polyfill.installAll();
  if (!shaka.Player.isBrowserSupported()) throw new Error("This browser can’t play adaptive streams (no Media Source Extensions).");
  const player = new shaka.Player();
  player.setVideoContainer(stage);
  player.addEventListener("error", (event) => {
    const { detail } = event as unknown as { detail: shaka.util.Error };
    if (detail.severity === shaka.util.Error.Severity.CRITICAL) onError(describe(detail));
  });
  await player.attach(video);
  return player;
}

/**
 * Loads the session's DASH manifest, or its HLS one where DASH fails, at `startMs` and in the profile's languages.
 * Resolves to what failed on the way; rejects where nothing could be loaded.
 */
export async function load(player: shaka.Player, session: PlaybackSession, startMs: number): Promise<string[]> {
  player.configure({
    preferredAudio: session.audioLanguage ? [{ language: session.audioLanguage }] : [],
    preferredText: session.subtitleLanguage ? [{ language: session.subtitleLanguage }] : [],
  });
  const failures: string[] = [];
  for (const manifest of inOrder(session)) {
    try {
      await player.load(manifest.url, startMs / 1000, MIME_TYPES[manifest.protocol]);
      showWantedSubtitles(player, session.subtitleLanguage);
      return failures;
    } catch (error) {
      failures.push(`${manifest.protocol}: ${describe(error)}`);
    }
  }
  throw new Error(failures.join("; ") || "The session has no DASH or HLS manifest.");
}

function inOrder(session: PlaybackSession): PlaybackSession["manifests"] {
  return PREFERRED.flatMap((protocol) => session.manifests.filter((manifest) => manifest.protocol === protocol));
}

function showWantedSubtitles(player: shaka.Player, language: string | null): void {
  const tracks = player.getTextTracks();
  const base = language?.split("-")[0];
  const wanted = tracks.find((track) => track.language === language) ?? tracks.find((track) => track.language.split("-")[0] === base);
  player.selectTextTrack(base && wanted ? wanted : null);
}

/** What failed, with Shaka's code: its data holds the address and the status where the network was at fault. */
export function describe(error: unknown): string {
  if (!(error instanceof shaka.util.Error)) return error instanceof Error ? error.message : String(error);
  const [address, status] = error.data as unknown[];
  const isHttpStatus = error.code === shaka.util.Error.Code.BAD_HTTP_STATUS;
  return isHttpStatus ? `HTTP ${status} for ${address}` : `Shaka error ${error.code}`;
}
