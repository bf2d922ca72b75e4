import { useEffect } from "react";
import { changeVolume, SKIP_SECONDS, skip, toggleFullscreen, toggleMute, togglePlay } from "./actions.ts";

/** Space or K plays, arrows or J and L skip and change the volume, M mutes, F fills the screen. */
export function useKeyboard(video: HTMLVideoElement, stage: HTMLElement): void {
  useEffect(() => {
    const actions: Record<string, () => void> = {
      " ": () => togglePlay(video),
      k: () => togglePlay(video),
      ArrowLeft: () => skip(video, -SKIP_SECONDS),
      j: () => skip(video, -SKIP_SECONDS),
      ArrowRight: () => skip(video, SKIP_SECONDS),
      l: () => skip(video, SKIP_SECONDS),
      ArrowUp: () => changeVolume(video, 0.1),
      ArrowDown: () => changeVolume(video, -0.1),
      m: () => toggleMute(video),
      f: () => toggleFullscreen(stage),
    };
    function onKey(event: KeyboardEvent) {
      const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (!action || event.ctrlKey || event.metaKey || event.altKey || usesTheKeyItself(event)) return;
      event.preventDefault();
      action();
    }
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [video, stage]);
}

/** A focused button takes the space bar, a slider and a radio group the arrows, a text field every key. */
function usesTheKeyItself(event: KeyboardEvent): boolean {
  const target = event.target instanceof HTMLElement ? event.target : null;
  if (target?.closest("button, a")) return event.key === " ";
  if (target instanceof HTMLInputElement && ["range", "radio"].includes(target.type)) return event.key.startsWith("Arrow") || event.key === " ";
  return target?.closest("input, textarea, select") != null;
}
