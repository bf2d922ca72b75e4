/** Signing in, choosing a profile and keeping the access token fresh. */

import { post, type Refusal, RequestFailed } from "./graphql.ts";
import documents from "./Session.graphql?raw";
import { type ProfileChoice, type Session, storedSession, storeSession } from "./store.ts";

/** A token this close to its end is exchanged before it is used. */
const REFRESH_BEFORE_MS = 60_000;

interface SignInPayload {
  accessToken: string | null;
  refreshToken: string | null;
  expiresAt: string | null;
  viewer: { account: { id: string; email: string; profiles: ProfileChoice[] } | null; profile: { id: string } | null; country: string } | null;
  userErrors: Refusal[];
}

/** Signs in and stores the session. Resolves to the refusals; none means it worked. */
export async function signIn(email: string, password: string): Promise<readonly Refusal[]> {
  const input = { email, password, device: { name: deviceName(), kind: "WEB" } };
  const data = await post<{ signIn: SignInPayload }>({ document: documents, operationName: "SignIn", variables: { input } });
  return accept(data.signIn);
}

/** What a profile may ask for: the PIN of a locked one, or the account's password for the way out of a child's. */
export type Secret = "pin" | "password";
export type Secrets = Partial<Record<Secret, string>>;

/** Exchanges the session for one of the profile. Resolves to the refusals, such as a wrong PIN. */
export async function selectProfile(profileId: string, secrets: Secrets = {}): Promise<readonly Refusal[]> {
  const session = await freshSession();
  if (!session) throw new Error("Sign in before selecting a profile.");
  const call = { document: documents, operationName: "SelectProfile", variables: { profileId, ...secrets } };
  const data = await post<{ selectProfile: SignInPayload }>(call, { accessToken: session.accessToken });
  return accept(data.selectProfile);
}

/** The secret that the refusals ask for, whether it was missing or wrong; null for any other refusal. */
export function secretAskedFor(refusals: readonly Refusal[]): Secret | null {
  const fields = refusals.map((refusal) => refusal.path?.at(-1));
  return fields.includes("pin") ? "pin" : fields.includes("password") ? "password" : null;
}

/** Fires "signout" while the token still serves, for whatever must end with the session. */
export const leaving = new EventTarget();

/** Revokes the session and forgets it in every tab; rejects where the server could not be told, forgotten all the same. */
export async function signOut(): Promise<void> {
  const session = storedSession();
  if (!session) return;
  leaving.dispatchEvent(new Event("signout"));
  storeSession(null);
  await post({ document: documents, operationName: "SignOut" }, { accessToken: session.accessToken, keepalive: true });
}

/** How long the access token has still to live, in milliseconds. */
export function remainingMs(session: Session): number {
  return Date.parse(session.expiresAt) - Date.now();
}

/** The session with a token good for a minute at least; null where nobody is signed in. */
export async function freshSession(marginMs = REFRESH_BEFORE_MS): Promise<Session | null> {
  const session = storedSession();
  if (!session || remainingMs(session) > marginMs) return session;
  return oneAtATime(async () => {
    const latest = storedSession();
    return !latest || remainingMs(latest) > marginMs ? latest : rotate(latest);
  });
}

/** Exchanges the tokens now, however long they have still to live. */
export async function refreshNow(): Promise<Session | null> {
  const before = storedSession();
  return oneAtATime(async () => {
    const latest = storedSession();
    return latest && latest.refreshToken === before?.refreshToken ? rotate(latest) : latest;
  });
}

/** Refreshes shortly before each expiry, for pages that stay open without asking anything. Returns how to stop. */
export function keepFresh(onError: (error: unknown) => void): () => void {
  const timer = setInterval(() => void freshSession().catch(onError), REFRESH_BEFORE_MS / 4);
  return () => clearInterval(timer);
}

async function rotate(session: Session): Promise<Session | null> {
  const call = { document: documents, operationName: "RefreshSession", variables: { refreshToken: session.refreshToken } };
  try {
    const data = await post<{ refreshSession: SignInPayload }>(call);
    if (accept(data.refreshSession).length > 0) storeSession(null);
  } catch (error) {
    if (!(error instanceof RequestFailed) || !error.has("UNAUTHENTICATED")) throw error;
    storeSession(null);
  }
  return storedSession();
}

function accept(payload: SignInPayload): readonly Refusal[] {
  if (payload.userErrors.length > 0) return payload.userErrors;
  const { accessToken, refreshToken, expiresAt, viewer } = payload;
  if (!accessToken || !refreshToken || !expiresAt || !viewer?.account)
    throw new Error("The server refused nothing, yet sent no complete session.");
  const { id, email, profiles } = viewer.account;
  storeSession({ accessToken, refreshToken, expiresAt, accountId: id, email, profiles, country: viewer.country, profileId: viewer.profile?.id ?? null });
  return [];
}

let running: Promise<unknown> = Promise.resolve();

/** A refresh token used twice revokes its family, so refreshes queue: in all tabs where the browser has locks. */
function oneAtATime<Result>(task: () => Promise<Result>): Promise<Result> {
  if (globalThis.navigator?.locks) return navigator.locks.request("marquee.refresh", task) as Promise<Result>;
  const next = running.then(task, task);
  running = next.catch(() => undefined);
  return next;
}

function deviceName(): string {
  const browser = /(Firefox|Edg|Chrome|Safari)\//.exec(navigator.userAgent)?.[1] ?? "Browser";
  return `${browser === "Edg" ? "Edge" : browser} on ${navigator.platform || "the web"}`;
}
