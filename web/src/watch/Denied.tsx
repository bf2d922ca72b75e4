import { dateTime, goingOn } from "./format.ts";
import { Notice } from "./Notice.tsx";
import type { ActiveStream, DenialReason, PlaybackDenied } from "./types.ts";

const HEADINGS: Record<DenialReason, string> = {
  NO_SUBSCRIPTION: "No subscription",
  PLAN_TOO_LOW: "Not in this plan",
  STREAM_LIMIT: "Too many screens at once",
  NOT_AVAILABLE: "Not available",
  DEVICE_NOT_SUPPORTED: "This device can’t play it",
  NOT_READY: "Almost ready",
  PROFILE_REQUIRED: "Who’s watching?",
  ACCOUNT_SUSPENDED: "Account suspended",
  SESSION_ENDED: "This session has ended",
};

/** Why it doesn't play, and the way on: another screen's stream can be stopped from here. */
export function Denied({ denied, onRetry }: { denied: PlaybackDenied; onRetry: (terminate: readonly string[]) => void }) {
  const from = denied.availableFrom ? ` From ${dateTime(denied.availableFrom)}.` : "";
  return (
    <Notice heading={HEADINGS[denied.reason]} message={denied.message + from}>
      {denied.reason === "STREAM_LIMIT" && <Streams streams={denied.activeStreams} onStop={(id) => onRetry([id])} />}
      {denied.reason === "NOT_READY" && <p className="working">Being prepared; it starts by itself.</p>}
      <button type="button" className={denied.reason === "STREAM_LIMIT" ? "quiet" : "primary"} onClick={() => onRetry([])}>
        Try again
      </button>
    </Notice>
  );
}

function Streams({ streams, onStop }: { streams: readonly ActiveStream[]; onStop: (sessionId: string) => void }) {
  return (
    <ul className="streams">
      {streams.map((stream) => (
        <li key={stream.sessionId}>
          <span>
            <strong>{nameOf(stream)}</strong>
            <small>
              {stream.profileName} on {stream.deviceName}, {goingOn(stream.startedAt)}
            </small>
          </span>
          <button type="button" className="primary" onClick={() => onStop(stream.sessionId)}>
            Stop it and watch here
          </button>
        </li>
      ))}
    </ul>
  );
}

function nameOf({ playable }: ActiveStream): string {
  if (!playable) return "A stream";
  const series = playable.title.name;
  return series === playable.name ? series : `${series}: ${playable.name}`;
}
