/** What the watch page asks of the graph. */

import { request } from "../shared/client.ts";
import { post, type Refusal } from "../shared/graphql.ts";
import { storedSession } from "../shared/store.ts";
import type { Beat, HeartbeatPayload, PlayableCard, PlaybackDenied, PlaybackSession, Title } from "./types.ts";
import document from "./Watch.graphql?raw";

export async function titleBySlug(slug: string): Promise<Title | null> {
  const call = { document, operationName: "TitleBySlug", variables: { slug } };
  return (await request<{ title: Title | null }>(call)).title;
}

export async function playableById(id: string): Promise<PlayableCard | null> {
  const call = { document, operationName: "PlayableById", variables: { id } };
  return (await request<{ playable: PlayableCard | null }>(call)).playable;
}

/** Asks to play; `terminate` names the streams to take over. A refusal is a result, not an error. */
export async function startPlayback(playableId: string, terminate: readonly string[]): Promise<PlaybackSession | PlaybackDenied> {
  const input = { playableId, player: "SHAKA", protocols: ["DASH", "HLS"], terminate, idempotencyKey: crypto.randomUUID() };
  const call = { document, operationName: "StartPlayback", variables: { input } };
  return (await request<{ startPlayback: PlaybackSession | PlaybackDenied }>(call)).startPlayback;
}

export async function sendHeartbeat(sessionId: string, sequence: number, beat: Beat): Promise<HeartbeatPayload> {
  const call = { document, operationName: "Heartbeat", variables: { input: { sessionId, sequence, ...beat } } };
  return (await request<{ heartbeat: HeartbeatPayload }>(call)).heartbeat;
}

/**
 * Ends the session and frees its slot, even as the page goes away: the request is kept alive, and takes
 * the token at hand because a page that unloads can wait for no other.
 */
export async function stopPlayback(sessionId: string, positionMs: number): Promise<readonly Refusal[]> {
  const call = { document, operationName: "StopPlayback", variables: { sessionId, positionMs } };
  const options = { accessToken: storedSession()?.accessToken, keepalive: true };
  return (await post<{ stopPlayback: { userErrors: Refusal[] } }>(call, options)).stopPlayback.userErrors;
}
