/** How GraphiQL reaches the graph: HTTP for queries and mutations, graphql-transport-ws for subscriptions. */

import { createGraphiQLFetcher, type Fetcher } from "@graphiql/toolkit";
import { createClient } from "graphql-ws";
import { freshSession } from "../shared/session.ts";
import { onSessionChange, storedSession } from "../shared/store.ts";
import { notePlaybackSession } from "./lastPlayback.ts";

/** What the Headers editor says wins over the session, so that any token can be tried. */
let authorizationInEditor: string | null = null;

async function authorization(): Promise<string | undefined> {
  if (authorizationInEditor) return authorizationInEditor;
  const session = await freshSession();
  return session ? `Bearer ${session.accessToken}` : undefined;
}

const socket = createClient({
  url: () => location.origin.replace(/^http/, "ws") + "/graphql",
  connectionParams: async () => {
    const value = await authorization();
    return value ? { Authorization: value } : {};
  },
  // A socket is closed when its token ends; the next one brings a fresh token.
  shouldRetry: () => true,
});

reconnectAsWhoeverSignsIn();

const send = createGraphiQLFetcher({ url: "/graphql", wsClient: socket, fetch: readingPlaybackSessions });

/** Sends each operation as the one signed in, unless the Headers editor names another Authorization. */
export const fetcher: Fetcher = async (params, options) => {
  const headers = new Headers(options?.headers);
  useEditorsAuthorization(headers.get("authorization"));
  const value = await authorization();
  if (value) headers.set("authorization", value);
  return send(params, { ...options, headers: Object.fromEntries(headers) });
};

function useEditorsAuthorization(named: string | null): void {
  if (named === authorizationInEditor) return;
  authorizationInEditor = named;
  socket.terminate();
}

function reconnectAsWhoeverSignsIn(): void {
  const who = () => `${storedSession()?.accountId} ${storedSession()?.profileId}`;
  let before = who();
  onSessionChange(() => {
    if (who() === before) return;
    before = who();
    socket.terminate();
  });
}

async function readingPlaybackSessions(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, init);
  const isOneAnswer = response.headers.get("content-type")?.includes("json");
  if (isOneAnswer) notePlaybackSession(await response.clone().text());
  return response;
}
