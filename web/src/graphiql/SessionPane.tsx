import { useEffect, useState } from "react";
import { messageOf } from "../shared/graphql.ts";
import { ProfilePicker } from "../shared/ProfilePicker.tsx";
import { refreshNow, remainingMs, signOut } from "../shared/session.ts";
import { SignIn } from "../shared/SignIn.tsx";
import type { Session } from "../shared/store.ts";
import { useSession } from "../shared/useSession.ts";

/** Who every operation is sent as: sign-in, profile picker, and what the token says. */
export function SessionPane() {
  const session = useSession();
  return (
    <div className="marquee-pane">
      {session?.profileId ? <SignedIn session={session} /> : <SignIn />}
      {!session && (
        <p>
          Operations go out without a token until you sign in. A token of your own goes into the Headers tab as{" "}
          <code>{`{"Authorization": "Bearer …"}`}</code>; it wins over the session.
        </p>
      )}
    </div>
  );
}

function SignedIn({ session }: { session: Session }) {
  const [switching, setSwitching] = useState(false);
  if (switching) return <ProfilePicker session={session} onChosen={() => setSwitching(false)} />;
  const profile = session.profiles.find((each) => each.id === session.profileId);
  return (
    <div className="sign-in">
      <h2>{profile?.name ?? "Signed in"}</h2>
      <dl className="facts">
        <dt>Account</dt>
        <dd>{session.email}</dd>
        <dt>Profile</dt>
        <dd>
          {profile?.name} ({profile?.kind.toLowerCase()})
        </dd>
        <dt>Country</dt>
        <dd>{session.country}</dd>
        <dt>Token</dt>
        <dd>
          <Remaining session={session} />
        </dd>
      </dl>
      <HeaderSent session={session} />
      <button type="button" className="primary" onClick={() => setSwitching(true)}>
        Switch profile
      </button>
      <button type="button" className="quiet" onClick={() => void signOut().catch(console.error)}>
        Sign out
      </button>
    </div>
  );
}

function HeaderSent({ session }: { session: Session }) {
  const [note, setNote] = useState("");
  const header = JSON.stringify({ Authorization: `Bearer ${session.accessToken}` });

  function report(work: Promise<unknown>, done: string) {
    work.then(() => setNote(done)).catch((error: unknown) => setNote(messageOf(error)));
  }

  return (
    <section className="header-sent">
      <h3>Sent with every operation and subscription</h3>
      <code title={header}>Authorization: Bearer {session.accessToken}</code>
      <button type="button" className="quiet" onClick={() => report(navigator.clipboard.writeText(header), "Copied.")}>
        Copy as a header
      </button>
      <button type="button" className="quiet" onClick={() => report(refreshNow(), "Refreshed.")}>
        Refresh now
      </button>
      <span role="status">{note}</span>
    </section>
  );
}

function Remaining({ session }: { session: Session }) {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.floor(remainingMs(session) / 1000));
  return <>{`${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s left, renews by itself`}</>;
}
