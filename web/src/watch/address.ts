/** From the page's address to what it shows: /watch/{slug}, /watch/{slug}?episode={id}, /watch/{playable id}. */

import { playableById, titleBySlug } from "./api.ts";
import type { EpisodeCard, Title } from "./types.ts";

export interface Address {
  slugOrId: string;
  episodeId: string | null;
}

/** What to play, and the title it belongs to. */
export interface Programme {
  title: Title;
  playableId: string;
  /** Null for a film. */
  episode: EpisodeCard | null;
}

export function readAddress(url: URL): Address {
  const slugOrId = decodeURIComponent(url.pathname.split("/")[2] ?? "");
  return { slugOrId, episodeId: url.searchParams.get("episode") };
}

export function addressOf(slug: string, episodeId: string): string {
  return `/watch/${encodeURIComponent(slug)}?episode=${encodeURIComponent(episodeId)}`;
}

/** Null where this viewer sees no such title; rejects where it has nothing to play. */
export async function findProgramme(address: Address): Promise<Programme | null> {
  const title = await titleBySlug(address.slugOrId);
  if (title) return programme(title, address.episodeId ?? toPlay(title));
  const playable = await playableById(address.slugOrId);
  return playable && programme(playable.title, playable.id);
}

function programme(title: Title, playableId: string): Programme {
  return { title, playableId, episode: episodesOf(title).find((episode) => episode.id === playableId) ?? null };
}

/** The film itself; of a series the episode to go on with, or its first where none was begun. */
function toPlay(title: Title): string {
  const id = title.__typename === "Movie" ? title.id : (title.upNext ?? episodesOf(title)[0])?.id;
  if (!id) throw new Error(`${title.name} has no episode to play yet.`);
  return id;
}

function episodesOf(title: Title): EpisodeCard[] {
  if (title.__typename === "Movie") return [];
  return title.seasons.flatMap((season) => season.episodes.edges.map((edge) => edge.node));
}
