import { signOut } from "../shared/session.ts";
import type { Session } from "../shared/store.ts";

/** The name of the house, and who is watching. */
export function Header({ session }: { session: Session | null }) {
  const profile = session?.profiles.find((each) => each.id === session.profileId);
  return (
    <header className="masthead">
      <span className="wordmark">Marquee</span>
      {profile && (
        <span className="viewer">
          {profile.name}
          <button type="button" className="quiet" onClick={() => void signOut().catch(console.error)}>
            Sign out
          </button>
        </span>
      )}
    </header>
  );
}
