/** Where the session is kept: localStorage, so that GraphiQL and the watch page share one sign-in. */

export interface ProfileChoice {
  id: string;
  name: string;
  kind: "ADULT" | "TEEN" | "KIDS";
  locked: boolean;
}

export interface Session {
  accessToken: string;
  refreshToken: string;
  /** RFC 3339. */
  expiresAt: string;
  accountId: string;
  email: string;
  country: string;
  profiles: readonly ProfileChoice[];
  /** Null until selectProfile. */
  profileId: string | null;
}

const KEY = "marquee.session";
const listeners = new Set<() => void>();
let cached: { text: string | null; session: Session | null } = { text: null, session: null };

/** The session as any tab last stored it; the same object as long as it is unchanged. */
export function storedSession(): Session | null {
  const text = localStorage.getItem(KEY);
  if (text !== cached.text) cached = { text, session: text === null ? null : (JSON.parse(text) as Session) };
  return cached.session;
}

/** Stores the session for every tab; null signs this browser out. */
export function storeSession(session: Session | null): void {
  if (session === null) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, JSON.stringify(session));
  notify();
}

/** Calls the listener when this tab or another changes the session; returns how to unsubscribe. */
export function onSessionChange(listener: () => void): () => void {
  if (listeners.size === 0) globalThis.addEventListener?.("storage", notify);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) globalThis.removeEventListener?.("storage", notify);
  };
}

function notify(): void {
  for (const listener of listeners) listener();
}
