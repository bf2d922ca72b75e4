/** Requests to the graph as the one who is signed in. */

import { type CallOptions, type GraphQLCall, post, RequestFailed } from "./graphql.ts";
import { freshSession, refreshNow } from "./session.ts";

/**
 * Sends one operation with a fresh access token, if anyone is signed in.
 * A token that the server no longer takes (signed out elsewhere, say) is exchanged once.
 */
export async function request<Data>(call: GraphQLCall, options: Omit<CallOptions, "accessToken"> = {}): Promise<Data> {
  const session = await freshSession();
  try {
    return await post<Data>(call, { ...options, accessToken: session?.accessToken });
  } catch (error) {
    if (!session || !(error instanceof RequestFailed) || !error.has("UNAUTHENTICATED")) throw error;
    const renewed = await refreshNow();
    if (!renewed) throw error;
    return post<Data>(call, { ...options, accessToken: renewed.accessToken });
  }
}
