import type shaka from "shaka-player/dist/shaka-player.compiled-es2021.js";
import type { CSSProperties } from "react";
import { SKIP_SECONDS, skip, toggleFullscreen, toggleMute, togglePlay } from "./actions.ts";
import { Button } from "./Button.tsx";
import { clock } from "./format.ts";
import { BackIcon, ForwardIcon, FullscreenIcon, MutedIcon, NextIcon, PauseIcon, PlayIcon, ReplayIcon, VolumeIcon } from "./icons.tsx";
import { TrackPanel } from "./TrackPanel.tsx";
import { useVideo } from "./useVideo.ts";

interface Properties {
  video: HTMLVideoElement;
  player: shaka.Player;
  stage: HTMLElement;
  onNext: (() => void) | null;
}

/** The bar under the picture. */
export function Controls({ video, player, stage, onNext }: Properties) {
  useVideo(video);
  return (
    <div className="controls" role="group" aria-label="Player controls">
      <Scrubber video={video} />
      <div className="bar">
        <PlayButton video={video} />
        <Button label={`Back ${SKIP_SECONDS} seconds`} onClick={() => skip(video, -SKIP_SECONDS)}>
          <BackIcon />
        </Button>
        <Button label={`Forward ${SKIP_SECONDS} seconds`} onClick={() => skip(video, SKIP_SECONDS)}>
          <ForwardIcon />
        </Button>
        <Volume video={video} />
        <span className="time">
          {clock(video.currentTime)} <span>/ {clock(video.duration)}</span>
        </span>
        <span className="spring" />
        {onNext && (
          <Button label="Next episode" onClick={onNext}>
            <NextIcon />
          </Button>
        )}
        <TrackPanel player={player} />
        <Button label="Full screen" onClick={() => toggleFullscreen(stage)}>
          <FullscreenIcon />
        </Button>
      </div>
    </div>
  );
}


function PlayButton({ video }: { video: HTMLVideoElement }) {
  const label = video.ended ? "Play again" : video.paused ? "Play" : "Pause";
  return (
    <Button label={label} onClick={() => togglePlay(video)}>
      {video.ended ? <ReplayIcon /> : video.paused ? <PlayIcon /> : <PauseIcon />}
    </Button>
  );
}

function Scrubber({ video }: { video: HTMLVideoElement }) {
  const duration = Number.isFinite(video.duration) ? video.duration : 0;
  const share = (seconds: number) => `${duration ? (100 * seconds) / duration : 0}%`;
  const style = { "--played": share(video.currentTime), "--loaded": share(bufferedUntil(video)) } as CSSProperties;
  return (
    <input
      className="scrubber"
      type="range"
      min={0}
      max={duration}
      step={0.1}
      value={video.currentTime}
      style={style}
      aria-label="Position"
      aria-valuetext={`${clock(video.currentTime)} of ${clock(duration)}`}
      onChange={(event) => void (video.currentTime = event.currentTarget.valueAsNumber)}
    />
  );
}

function bufferedUntil(video: HTMLVideoElement): number {
  const { buffered, currentTime } = video;
  for (let index = 0; index < buffered.length; index += 1)
    if (buffered.start(index) <= currentTime && currentTime <= buffered.end(index)) return buffered.end(index);
  return currentTime;
}

function Volume({ video }: { video: HTMLVideoElement }) {
  const silent = video.muted || video.volume === 0;
  const level = silent ? 0 : video.volume;
  function set(volume: number) {
    video.muted = false;
    video.volume = volume;
  }
  return (
    <span className="volume">
      <Button label={silent ? "Unmute" : "Mute"} onClick={() => toggleMute(video)}>
        {silent ? <MutedIcon /> : <VolumeIcon />}
      </Button>
      <input
        type="range"
        min={0}
        max={1}
        step={0.05}
        value={level}
        style={{ "--played": `${level * 100}%` } as CSSProperties}
        aria-label="Volume"
        aria-valuetext={`${Math.round(level * 100)} %`}
        onChange={(event) => set(event.currentTarget.valueAsNumber)}
      />
    </span>
  );
}
