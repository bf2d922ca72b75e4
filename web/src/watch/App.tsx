import { useEffect, useState } from "react";
import { messageOf } from "../shared/graphql.ts";
import { SignIn } from "../shared/SignIn.tsx";
import { useSession } from "../shared/useSession.ts";
import { addressOf, findProgramme, type Programme, readAddress } from "./address.ts";
import { Details } from "./Details.tsx";
import { Header } from "./Header.tsx";
import { Notice } from "./Notice.tsx";
import { Stage } from "./Stage.tsx";

/** The watch page: who is watching, then what, then the picture. */
export function App() {
  const session = useSession();
  return (
    <>
      <Header session={session} />
      {session?.profileId ? (
        <Theatre key={session.profileId} />
      ) : (
        <main className="gate">
          <SignIn />
        </main>
      )}
    </>
  );
}

type Found = { kind: "looking" } | { kind: "found"; programme: Programme } | { kind: "nothing"; heading: string; message: string };

function Theatre() {
  const [address, goTo] = useAddress();
  const found = useProgramme(address);
  if (found.kind === "looking") return <main className="gate" aria-busy="true" />;
  if (found.kind === "nothing") return <NothingFound {...found} />;
  const { programme } = found;
  const play = (episodeId: string) => goTo(addressOf(programme.title.slug, episodeId));
  return (
    <main>
      <Stage key={programme.playableId} programme={programme} onPlay={play} />
      <Details programme={programme} onPlay={play} />
    </main>
  );
}

function NothingFound({ heading, message }: { heading: string; message: string }) {
  return (
    <main className="gate">
      <Notice heading={heading} message={message}>
        <button type="button" className="primary" onClick={() => location.reload()}>
          Try again
        </button>
      </Notice>
    </main>
  );
}

function useAddress(): [string, (address: string) => void] {
  const [address, setAddress] = useState(location.href);
  useEffect(() => {
    const follow = () => setAddress(location.href);
    addEventListener("popstate", follow);
    return () => removeEventListener("popstate", follow);
  }, []);
  function goTo(next: string) {
    history.pushState(null, "", next);
    setAddress(location.href);
    scrollTo({ top: 0 });
  }
  return [address, goTo];
}

function useProgramme(address: string): Found {
  const [found, setFound] = useState<Found>({ kind: "looking" });
  useEffect(() => {
    let current = true;
    const show = (next: Found) => current && setFound(next);
    findProgramme(readAddress(new URL(address))).then(
      (programme) => show(programme ? { kind: "found", programme } : NOT_FOUND),
      (error: unknown) => show({ kind: "nothing", heading: "This didn’t load", message: messageOf(error) }),
    );
    return () => void (current = false);
  }, [address]);
  useDocumentTitle(found);
  return found;
}

const NOT_FOUND: Found = {
  kind: "nothing",
  heading: "Not here",
  message: "There is no such title for this profile, in this country, at the moment.",
};

function useDocumentTitle(found: Found): void {
  const name = found.kind === "found" ? found.programme.title.name : null;
  useEffect(() => {
    document.title = name ? `${name} · Marquee` : "Marquee";
  }, [name]);
}
