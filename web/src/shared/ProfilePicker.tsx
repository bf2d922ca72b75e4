import { type CSSProperties, type FormEvent, useState } from "react";
import { type Secret, type Secrets, secretAskedFor, selectProfile, signOut } from "./session.ts";
import { FieldRefusals, useAttempt } from "./SignIn.tsx";
import type { ProfileChoice, Session } from "./store.ts";

/** Lets the household choose who is watching; asks for the PIN of a locked profile, and for the password on the way out
 * of a child's. */
export function ProfilePicker({ session, onChosen }: { session: Session; onChosen?: () => void }) {
  const [asked, setAsked] = useState<{ of: ProfileChoice; secret: Secret } | null>(null);
  const { refusals, busy, attempt } = useAttempt();

  async function choose(profile: ProfileChoice, secrets?: Secrets) {
    const refused = await attempt(() => selectProfile(profile.id, secrets));
    const secret = secretAskedFor(refused);
    if (secret) setAsked({ of: profile, secret });
    if (refused.length === 0) onChosen?.();
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
              aria-expanded={profile.locked ? profile === asked?.of : undefined}
              onClick={() => (profile.locked ? setAsked({ of: profile, secret: "pin" }) : void choose(profile))}
            >
              <Initial profile={profile} />
              <span>{profile.name}</span>
              <small>{describe(profile)}</small>
            </button>
          </li>
        ))}
      </ul>
      {asked && <SecretForm key={asked.of.id + asked.secret} {...asked} busy={busy} onGiven={(secrets) => void choose(asked.of, secrets)} />}
      <FieldRefusals of="pin" among={refusals} />
      <FieldRefusals of="password" among={refusals} />
      <FieldRefusals of={null} among={refusals} />
      <button type="button" className="quiet" onClick={() => void signOut().catch(console.error)}>
        Sign out {session.email}
      </button>
    </section>
  );
}

interface SecretFormProps {
  of: ProfileChoice;
  secret: Secret;
  busy: boolean;
  onGiven: (secrets: Secrets) => void;
}

function SecretForm({ of, secret, busy, onGiven }: SecretFormProps) {
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    onGiven({ [secret]: String(new FormData(event.currentTarget).get(secret)) });
  }
  const [label, hints] =
    secret === "pin"
      ? [`PIN of ${of.name}`, { inputMode: "numeric", autoComplete: "off" } as const]
      : [`Your account’s password, to leave this profile for ${of.name}`, { autoComplete: "current-password" } as const];
  return (
    <form className="pin" onSubmit={submit}>
      <label>
        <span>{label}</span>
        <input name={secret} type="password" {...hints} required autoFocus />
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
