/** What Watch.graphql selects, as TypeScript. */

import type { Refusal } from "../shared/graphql.ts";

export interface Artwork {
  url: string;
  alt: string;
}

export interface EpisodeCard {
  id: string;
  name: string;
  number: number;
  runtimeMs: number | null;
  synopsis: string | null;
  progress: { percent: number; watched: boolean } | null;
}

export interface Season {
  id: string;
  name: string;
  number: number;
  episodes: { edges: { node: EpisodeCard }[] };
}

interface TitleFields {
  id: string;
  slug: string;
  name: string;
  tagline: string | null;
  synopsis: string | null;
  releaseYear: number | null;
  genres: { name: string }[];
  maturity: { code: string };
  backdrop: Artwork | null;
  poster: Artwork | null;
  upNext: { id: string } | null;
}
export interface Movie extends TitleFields {
  __typename: "Movie";
  runtimeMs: number | null;
}
export interface Series extends TitleFields {
  __typename: "Series";
  seasons: Season[];
}
export type Title = Movie | Series;

export interface PlayableCard {
  __typename: "Movie" | "Episode" | "Trailer";
  id: string;
  name: string;
  runtimeMs: number | null;
  progress: { positionMs: number; percent: number; watched: boolean } | null;
  title: Title;
}

export type Protocol = "DASH" | "HLS";

export interface PlaybackSession {
  __typename: "PlaybackSession";
  id: string;
  manifests: { protocol: Protocol; url: string }[];
  resumeAtMs: number;
  audioLanguage: string | null;
  subtitleLanguage: string | null;
  maxHeight: number;
  heartbeatIntervalMs: number;
  expiresAt: string;
  nextEpisode: { id: string; name: string; number: number } | null;
}

export interface ActiveStream {
  sessionId: string;
  profileName: string;
  deviceName: string;
  startedAt: string;
  playable: { name: string; title: { name: string } } | null;
}

export type DenialReason =
  | "NO_SUBSCRIPTION"
  | "PLAN_TOO_LOW"
  | "STREAM_LIMIT"
  | "NOT_AVAILABLE"
  | "DEVICE_NOT_SUPPORTED"
  | "NOT_READY"
  | "PROFILE_REQUIRED"
  | "ACCOUNT_SUSPENDED"
  | "SESSION_ENDED";

export interface PlaybackDenied {
  __typename: "PlaybackDenied";
  reason: DenialReason;
  message: string;
  availableFrom: string | null;
  activeStreams: ActiveStream[];
}

export type PlayerState = "PLAYING" | "PAUSED" | "BUFFERING" | "ENDED";

/** One report of the player, as HeartbeatInput takes it without session and sequence. */
export interface Beat {
  positionMs: number;
  state: PlayerState;
  bitrate: number | null;
  rebufferMs: number | null;
}

export interface PlaybackCommand {
  kind: "STOP" | "PAUSE";
  reason: string;
  message: string;
}

export interface HeartbeatPayload {
  command: PlaybackCommand | null;
  userErrors: Refusal[];
}
