import { useEffect, useReducer } from "react";

const EVENTS = [
  "timeupdate", "durationchange", "play", "pause", "seeking", "seeked", "ended", "waiting", "playing", "volumechange", "progress", "emptied",
] as const;

/** Draws the caller anew whenever what one can read off the video has changed. */
export function useVideo(video: HTMLVideoElement): void {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const listening = new AbortController();
    for (const event of EVENTS) video.addEventListener(event, redraw, { signal: listening.signal });
    redraw();
    return () => listening.abort();
  }, [video]);
}
