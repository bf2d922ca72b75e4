import type shaka from "shaka-player/dist/shaka-player.compiled-es2021.js";
import { type RefObject, useEffect, useReducer, useRef, useState } from "react";
import { Button } from "./Button.tsx";
import { languageName } from "./format.ts";
import { TracksIcon } from "./icons.tsx";

const CHANGES = ["trackschanged", "variantchanged", "adaptation", "textchanged"] as const;

/** The button that opens the choice of audio and subtitles, and the choice. */
export function TrackPanel({ player }: { player: shaka.Player }) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  useTracks(player);
  useClosing(root, open, () => setOpen(false));
  return (
    <div className="tracks" ref={root}>
      <Button label="Audio and subtitles" expanded={open} onClick={() => setOpen(!open)}>
        <TracksIcon />
      </Button>
      {open && (
        <div className="panel" role="dialog" aria-label="Audio and subtitles">
          <Choice legend="Audio" options={audioOptions(player)} />
          <Choice legend="Subtitles" options={textOptions(player)} />
        </div>
      )}
    </div>
  );
}

interface Option {
  label: string;
  active: boolean;
  select: () => void;
}

function Choice({ legend, options }: { legend: string; options: Option[] }) {
  return (
    <fieldset>
      <legend>{legend}</legend>
      {options.map((option, index) => (
        <label key={index}>
          <input
            type="radio"
            name={legend}
            checked={option.active}
            onChange={option.select}
          />
          {option.label}
        </label>
      ))}
    </fieldset>
  );
}

function audioOptions(player: shaka.Player): Option[] {
  return player.getAudioTracks().map((track) => ({
    label: trackName(track),
    active: track.active,
    select: () => player.selectAudioTrack(track),
  }));
}

function textOptions(player: shaka.Player): Option[] {
  const tracks = player.getTextTracks();
  const off = { label: "Off", active: !tracks.some((track) => track.active), select: () => player.selectTextTrack(null) };
  return [off, ...tracks.map((track) => ({ label: trackName(track), active: track.active, select: () => player.selectTextTrack(track) }))];
}

function trackName(track: shaka.extern.AudioTrack | shaka.extern.TextTrack): string {
  const name = track.label && track.label !== track.language ? track.label : languageName(track.language);
  const isDescriptive = track.roles.includes("description");
  return isDescriptive ? `${name}, described` : name;
}

function useTracks(player: shaka.Player): void {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    for (const change of CHANGES) player.addEventListener(change, redraw);
    return () => {
      for (const change of CHANGES) player.removeEventListener(change, redraw);
    };
  }, [player]);
}

/** Closes on Escape and on a press anywhere else. */
function useClosing(root: RefObject<HTMLElement | null>, open: boolean, close: () => void): void {
  useEffect(() => {
    if (!open) return;
    const listening = new AbortController();
    const { signal } = listening;
    document.addEventListener("keydown", (event) => event.key === "Escape" && close(), { signal });
    document.addEventListener("pointerdown", (event) => root.current?.contains(event.target as Node) || close(), { signal });
    return () => listening.abort();
  });
}
