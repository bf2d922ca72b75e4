import { useSyncExternalStore } from "react";
import { onSessionChange, type Session, storedSession } from "./store.ts";

/** The session of this browser, kept up to date across tabs. */
export function useSession(): Session | null {
  return useSyncExternalStore(onSessionChange, storedSession);
}
