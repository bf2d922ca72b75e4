import { useGraphiQLActions } from "@graphiql/react";
import { useSession } from "../shared/useSession.ts";
import { SESSION_PLUGIN } from "./plugins.tsx";

/** The name of the house, and who operations are sent as; opens the sign-in pane. */
export function SessionChip() {
  const session = useSession();
  const { setVisiblePlugin } = useGraphiQLActions();
  const profile = session?.profiles.find((each) => each.id === session.profileId);
  return (
    <span className="wordmark">
      <button type="button" className="session-chip" onClick={() => setVisiblePlugin(SESSION_PLUGIN)}>
        {profile ? profile.name : session ? "Choose a profile" : "Sign in"}
      </button>
      <strong>Marquee</strong>
    </span>
  );
}
