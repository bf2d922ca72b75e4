import { type CSSProperties, type FormEvent, useState } from "react";
import { selectProfile, signOut } from "./session.ts";
import { FieldRefusals, useAttempt } from "./SignIn.tsx";
import type { ProfileChoice, Session } from "./store.ts";

/** Lets the household choose who is watching; asks for the PIN of a locked profile. */
export function ProfilePicker({ session, onChosen }: { session: Session; onChosen?: () => void }) {
  const [locked, setLocked] = useState<ProfileChoice | null>(null);
  const { refusals, busy, attempt } = useAttempt();

  async function choose(profile: ProfileChoice, pin: string | null) {
    if (await attempt(() => selectProfile(profile.id, pin))) onChosen?.();
  }

  return (
    <section className="sign-in" aria-busy={busy}>
      <h2>Who’s watching?</h2>
      <ul className="profiles">
        {session.profiles.map((profile) => (
          <li key={profile.id}>
            <button
              type="button"
              disabled={busy}
              aria-pressed={profile.id === session.profileId}
              aria-expanded={profile.locked ? profile === locked : undefined}
              onClick={() => (profile.locked ? setLocked(profile) : void choose(profile, null))}
            >
              <Initial profile={profile} />
              <span>{profile.name}</span>
              <small>{describe(profile)}</small>
            </button>
          </li>
        ))}
      </ul>
      {locked && <PinForm key={locked.id} profile={locked} busy={busy} onPin={(pin) => void choose(locked, pin)} />}
      <FieldRefusals of="pin" among={refusals} />
      <FieldRefusals of={null} among={refusals} />
      <button type="button" className="quiet" onClick={() => void signOut().catch(console.error)}>
        Sign out {session.email}
      </button>
    </section>
  );
}

function PinForm({ profile, busy, onPin }: { profile: ProfileChoice; busy: boolean; onPin: (pin: string) => void }) {
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    onPin(String(new FormData(event.currentTarget).get("pin")));
  }
  return (
    <form className="pin" onSubmit={submit}>
      <label>
        <span>PIN of {profile.name}</span>
        <input name="pin" type="password" inputMode="numeric" autoComplete="off" required autoFocus />
      </label>
      <button className="primary" disabled={busy}>
        Unlock
      </button>
    </form>
  );
}

function Initial({ profile }: { profile: ProfileChoice }) {
  const style = { "--hue": hueOf(profile.id) } as CSSProperties;
  return (
    <span className="initial" style={style} aria-hidden="true">
      {[...profile.name][0]?.toUpperCase()}
    </span>
  );
}

/** A hue of the profile's own, in degrees, the same on every visit. */
function hueOf(id: string): number {
  return [...id].reduce((hue, character) => ((hue + character.charCodeAt(0)) * 137) % 360, 0);
}

function describe(profile: ProfileChoice): string {
  const kind = { ADULT: "Adult", TEEN: "Teen", KIDS: "Kids" }[profile.kind];
  return profile.locked ? `${kind}, PIN` : kind;
}
