/** What buttons and keys alike do to the video. */

import { messageOf } from "../shared/graphql.ts";
import { hook } from "./hook.ts";

export const SKIP_SECONDS = 10;

export function togglePlay(video: HTMLVideoElement): void {
  if (!video.paused) video.pause();
  else video.play().catch((error: unknown) => void hook.errors.push(`play: ${messageOf(error)}`));
}

export function skip(video: HTMLVideoElement, seconds: number): void {
  const end = Number.isFinite(video.duration) ? video.duration : 0;
  video.currentTime = Math.min(Math.max(video.currentTime + seconds, 0), end);
}

export function changeVolume(video: HTMLVideoElement, by: number): void {
  video.muted = false;
  video.volume = Math.min(Math.max(video.volume + by, 0), 1);
}

export function toggleMute(video: HTMLVideoElement): void {
  video.muted = !video.muted;
}

export function toggleFullscreen(stage: HTMLElement): void {
  const change = document.fullscreenElement ? document.exitFullscreen() : stage.requestFullscreen();
  change.catch((error: unknown) => void hook.errors.push(`fullscreen: ${messageOf(error)}`));
}
