/** Remembers which playback session was started last, so that the tour's heartbeat and stop can name it. */

let last: string | null = null;

/** Reads a GraphQL response's text; keeps the id of a PlaybackSession that startPlayback answered. */
export function notePlaybackSession(text: string): void {
  if (!text.includes('"PlaybackSession"')) return;
  const answer = JSON.parse(text) as { data?: { startPlayback?: { __typename?: string; id?: string } } };
  const result = answer.data?.startPlayback;
  if (result?.__typename === "PlaybackSession" && result.id) last = result.id;
}

export function lastPlaybackSession(): string | null {
  return last;
}
