import { type FormEvent, useState } from "react";
import { messageOf, type Refusal } from "./graphql.ts";
import { ProfilePicker } from "./ProfilePicker.tsx";
import { signIn } from "./session.ts";
import "./sign-in.css";
import { useSession } from "./useSession.ts";

/** Asks for e-mail and password, then for a profile; shows nothing once both are known. */
export function SignIn() {
  const session = useSession();
  if (!session) return <SignInForm />;
  return session.profileId ? null : <ProfilePicker session={session} />;
}

function SignInForm() {
  const { refusals, busy, attempt } = useAttempt();

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    void attempt(() => signIn(String(fields.get("email")), String(fields.get("password"))));
  }

  return (
    <form className="sign-in" onSubmit={submit} aria-busy={busy}>
      <h2>Sign in</h2>
      <label>
        <span>E-mail</span>
        <input name="email" type="email" autoComplete="username" required autoFocus />
        <FieldRefusals of="email" among={refusals} />
      </label>
      <label>
        <span>Password</span>
        <input name="password" type="password" autoComplete="current-password" required />
        <FieldRefusals of="password" among={refusals} />
      </label>
      <FieldRefusals of={null} among={refusals} />
      <button className="primary" disabled={busy}>
        {busy ? "Signing in…" : "Sign in"}
      </button>
    </form>
  );
}

const PLACED = ["email", "password", "pin"];

/** The refusals whose input path ends in `of`; for null, those that belong to no field on screen. */
export function FieldRefusals({ of, among }: { of: string | null; among: readonly Refusal[] }) {
  const mine = among.filter((refusal) => {
    const field = refusal.path?.at(-1) ?? null;
    return of === null ? field === null || !PLACED.includes(field) : field === of;
  });
  if (mine.length === 0) return null;
  return (
    <span className="refusal" role="alert" data-code={mine[0]?.code}>
      {mine.map((refusal) => refusal.message).join(" ")}
    </span>
  );
}

/** Runs a command that may be refused or fail; gives what it said, and keeps that for the form to show. */
export function useAttempt() {
  const [refusals, setRefusals] = useState<readonly Refusal[]>([]);
  const [busy, setBusy] = useState(false);

  async function attempt(command: () => Promise<readonly Refusal[]>): Promise<readonly Refusal[]> {
    setBusy(true);
    const answer = await command().catch((error: unknown) => [{ code: "REQUEST_FAILED", message: messageOf(error), path: null }]);
    setRefusals(answer);
    setBusy(false);
    return answer;
  }

  return { refusals, busy, attempt };
}
