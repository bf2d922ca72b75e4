import { useEffect, useRef, useState } from "react";
import { togglePlay } from "./actions.ts";
import type { Programme } from "./address.ts";
import { Controls } from "./Controls.tsx";
import { Denied } from "./Denied.tsx";
import { PlayIcon } from "./icons.tsx";
import { Notice } from "./Notice.tsx";
import { Screening, type Status } from "./screening.ts";
import { useIdle } from "./useIdle.ts";
import { useKeyboard } from "./useKeyboard.ts";
import { useVideo } from "./useVideo.ts";

interface Properties {
  programme: Programme;
  onPlay: (episodeId: string) => void;
}

/** The picture with everything that lies over it. */
export function Stage({ programme, onPlay }: Properties) {
  const [stage, setStage] = useState<HTMLElement | null>(null);
  const [video, setVideo] = useState<HTMLVideoElement | null>(null);
  const { title } = programme;
  return (
    <section className="stage" ref={setStage} aria-label={`Player: ${title.name}`}>
      <video ref={setVideo} poster={title.backdrop?.url} playsInline preload="auto" aria-label={title.name} />
      {stage && video && <Overlay stage={stage} video={video} programme={programme} onPlay={onPlay} />}
    </section>
  );
}

function Overlay({ stage, video, programme, onPlay }: Properties & { stage: HTMLElement; video: HTMLVideoElement }) {
  const { status, notice, start } = useScreening(programme.playableId, stage, video);
  useKeyboard(video, stage);
  useVideo(video);
  const playing = status.kind === "playing";
  const idle = useIdle(stage) && playing && !video.paused;
  const next = playing ? status.session.nextEpisode : null;
  return (
    <div className={idle ? "overlay idle" : "overlay"} data-status={status.kind}>
      <Caption programme={programme} />
      {playing && <Centre video={video} notice={notice} />}
      {status.kind === "starting" && <span className="spinner" role="status" aria-label="Starting" />}
      {status.kind === "denied" && <Denied denied={status.denied} onRetry={start} />}
      {status.kind === "stopped" && <Interrupted heading="Stopped" message={status.message} action="Watch here" onRetry={start} />}
      {status.kind === "failed" && <Interrupted heading="It doesn’t play" message={status.message} action="Try again" onRetry={start} />}
      {next && video.ended && <UpNext name={next.name} number={next.number} onPlay={() => onPlay(next.id)} />}
      {playing && <Controls video={video} player={status.player} stage={stage} onNext={next && (() => onPlay(next.id))} />}
    </div>
  );
}

function useScreening(playableId: string, stage: HTMLElement, video: HTMLVideoElement) {
  const [status, setStatus] = useState<Status>({ kind: "starting" });
  const [notice, setNotice] = useState<string | null>(null);
  const screening = useRef<Screening>(null);
  useEffect(() => {
    const mine = new Screening(playableId, { stage, video, onStatus: setStatus, onNotice: setNotice });
    screening.current = mine;
    void mine.start();
    return () => void mine.dispose();
  }, [playableId, stage, video]);
  useEffect(() => {
    const clear = () => setNotice(null);
    video.addEventListener("playing", clear);
    return () => video.removeEventListener("playing", clear);
  }, [video]);
  const start = (terminate: readonly string[] = []) => void screening.current?.start(terminate);
  return { status, notice, start };
}

function Caption({ programme: { title, episode } }: { programme: Programme }) {
  return (
    <div className="caption">
      <h1>{title.name}</h1>
      {episode && (
        <p>
          {episode.number}. {episode.name}
        </p>
      )}
    </div>
  );
}

/** The whole picture is a play button, shown as one while the film stands still. */
function Centre({ video, notice }: { video: HTMLVideoElement; notice: string | null }) {
  const waiting = !video.paused && video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA;
  return (
    <div className="centre" onClick={() => togglePlay(video)}>
      {waiting && <span className="spinner" role="status" aria-label="Buffering" />}
      {video.paused && !video.ended && (
        <button type="button" className="big-play" aria-label="Play">
          <PlayIcon />
        </button>
      )}
      {notice && <p role="status">{notice}</p>}
    </div>
  );
}

interface InterruptedProperties {
  heading: string;
  message: string;
  action: string;
  onRetry: () => void;
}

function Interrupted({ heading, message, action, onRetry }: InterruptedProperties) {
  return (
    <Notice heading={heading} message={message}>
      <button type="button" className="primary" onClick={() => onRetry()}>
        {action}
      </button>
    </Notice>
  );
}

function UpNext({ name, number, onPlay }: { name: string; number: number; onPlay: () => void }) {
  return (
    <section className="up-next">
      <small>Up next</small>
      <strong>
        {number}. {name}
      </strong>
      <button type="button" className="primary" onClick={onPlay} autoFocus>
        Play next episode
      </button>
    </section>
  );
}
