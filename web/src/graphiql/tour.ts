/** The stops of the tour, in order, under the subgraph that answers most of each. */

import { storedSession } from "../shared/store.ts";
import { exampleId, exampleSlug, type Example } from "./examples.ts";
import { lastPlaybackSession } from "./lastPlayback.ts";

export interface Stop {
  /** Names both the operation and its file in tour/. */
  operation: string;
  title: string;
  shows: string;
  needs?: "session" | "profile";
  variables?: () => Variables | Promise<Variables>;
}

export interface Section {
  heading: string;
  intro: string;
  stops: readonly Stop[];
}

type Variables = Record<string, unknown>;

const identity: Section = {
  heading: "Identity",
  intro: "Households, profiles, and the tokens that speak for them.",
  stops: [
    { operation: "Viewer", title: "Viewer & profiles", shows: "who is asking, and from where" },
    { operation: "SignIn", title: "Sign in", shows: "what the sign-in pane sends", variables: signInVariables },
    { operation: "SelectProfile", title: "Select a profile", shows: "exchanges the session", needs: "session", variables: profileVariables },
    { operation: "UpdateProfile", title: "Change a profile", shows: "its subtitles and skips", needs: "profile", variables: ownProfileVariables },
    { operation: "SignedIn", title: "Devices & sessions", shows: "where the household is signed in", needs: "session" },
    { operation: "SetConsent", title: "Consent", shows: "given, or taken back", needs: "session", variables: () => ({ purpose: "ANALYTICS", granted: false }) },
    { operation: "DataExport", title: "A copy of everything", shows: "an archive for the household", needs: "session" },
    { operation: "SignUp", title: "Sign up", shows: "a household of your own", variables: signUpVariables },
    { operation: "AccountLookup", title: "Look an account up", shows: "FORBIDDEN without support:read", needs: "session", variables: () => ({ email: storedSession()?.email ?? "" }) },
  ],
};

const catalog: Section = {
  heading: "Catalogue",
  intro: "Films, series and people; only what this viewer may see.",
  stops: [
    { operation: "Titles", title: "Browse titles", shows: "filter, sort and page", variables: titlesVariables },
    { operation: "Genres", title: "Genres", shows: "ids for the filter" },
    { operation: "Search", title: "Search", shows: "with a typing error on purpose", variables: () => ({ query: "nosferat" }) },
    { operation: "Suggest", title: "Suggestions", shows: "while it is being typed", variables: () => ({ prefix: "metr" }) },
    { operation: "Film", title: "A film", shows: "texts, credits, tracks, progress", variables: slugOf("movie") },
    { operation: "SeriesWithEpisodes", title: "A series", shows: "its seasons and episodes", variables: slugOf("series") },
    { operation: "Playable", title: "A playable", shows: "what the player is given", variables: async () => ({ id: await exampleId("movie") }) },
    { operation: "Collections", title: "Collections", shows: "put together by hand" },
    { operation: "Collection", title: "One collection", shows: "by its slug", variables: slugOf("collection") },
    { operation: "Person", title: "A person", shows: "and every title of theirs", variables: async () => ({ id: await exampleId("person") }) },
    { operation: "EditorialTitles", title: "For editors", shows: "FORBIDDEN without catalog:edit", needs: "session", variables: () => ({ query: "metropolis", country: "DE" }) },
    { operation: "CreateTitle", title: "A new draft", shows: "FORBIDDEN without catalog:edit", needs: "session", variables: () => ({ name: "A film of our own" }) },
    { operation: "TitleChanges", title: "For partners", shows: "FORBIDDEN without catalog:feed", needs: "session" },
  ],
};

const viewing: Section = {
  heading: "Viewing",
  intro: "Home, playback and progress, for the selected profile.",
  stops: [
    { operation: "Home", title: "Home", shows: "ten rows of twenty titles in one request", needs: "profile", variables: () => ({ rows: 10, titles: 20 }) },
    { operation: "MayLike", title: "What it may like, and why", shows: "rows of the model, and their evidence", needs: "profile", variables: () => ({ rows: 6, titles: 3 }) },
    { operation: "MoreLikeThis", title: "More like this", shows: "what is alike, and how well it suits", needs: "profile", variables: async () => ({ id: await exampleId("movie") }) },
    { operation: "ContinueWatchingChanged", title: "Continue watching, live", shows: "a subscription: leave it running", needs: "profile" },
    { operation: "StartPlayback", title: "Start playback", shows: "signed manifests, or why not", needs: "profile", variables: startVariables },
    { operation: "ActiveStreams", title: "Who is watching", shows: "the household's streams, as they begin and end", needs: "profile" },
    { operation: "Heartbeat", title: "Heartbeat", shows: "durable progress", needs: "profile", variables: heartbeatVariables },
    { operation: "StopPlayback", title: "Stop playback", shows: "frees the stream slot", needs: "profile", variables: () => ({ sessionId: startedSession(), positionMs: 65_000 }) },
    { operation: "ContinueWatching", title: "Continue watching", shows: "where the profile stopped", needs: "profile" },
    { operation: "ClearHistory", title: "Clear a title's history", shows: "how many plays were forgotten", needs: "profile", variables: titleIdVariables },
    { operation: "AddToMyList", title: "Add to my list", shows: "the changed title comes back", needs: "profile", variables: titleIdVariables },
    { operation: "MyList", title: "My list", shows: "what was put aside", needs: "profile" },
    { operation: "RemoveFromMyList", title: "Remove from my list", shows: "and takes it off again", needs: "profile", variables: titleIdVariables },
  ],
};

const billing: Section = {
  heading: "Billing",
  intro: "What is on sale, and what the household may do.",
  stops: [
    { operation: "Plans", title: "Plans & prices", shows: "for the viewer’s country" },
    { operation: "Entitlements", title: "Entitlements", shows: "why the household may watch", needs: "session" },
  ],
};

export const SECTIONS: readonly Section[] = [identity, catalog, viewing, billing];

const device = { name: "GraphiQL", kind: "WEB" };

function signInVariables(): Variables {
  return { input: { email: storedSession()?.email ?? "", password: "", device } };
}

function signUpVariables(): Variables {
  const email = `someone-${Date.now().toString(36)}@example.com`;
  return { input: { email, password: "a long passphrase of yours", country: "US", language: "en", profileName: "Someone", device } };
}

function profileVariables(): Variables {
  return { profileId: storedSession()?.profiles[0]?.id ?? "", pin: null };
}

function ownProfileVariables(): Variables {
  return { id: storedSession()?.profileId ?? "", input: { subtitleMode: "FOREIGN_AUDIO", skipIntro: "AUTO" } };
}

async function titlesVariables(): Promise<Variables> {
  return { filter: { kinds: ["MOVIE"], genres: [await exampleId("genre")], releaseYearFrom: 1900 }, sort: "RELEASE_DATE" };
}

function slugOf(example: Example): () => Promise<Variables> {
  return async () => ({ slug: await exampleSlug(example) });
}

async function titleIdVariables(): Promise<Variables> {
  return { titleId: await exampleId("movie") };
}

async function startVariables(): Promise<Variables> {
  const playableId = await exampleId("movie");
  return { input: { playableId, player: "SHAKA", protocols: ["DASH", "HLS"], fromStart: false, idempotencyKey: crypto.randomUUID() } };
}

function heartbeatVariables(): Variables {
  return { input: { sessionId: startedSession(), sequence: 1, positionMs: 60_000, state: "PLAYING" } };
}

function startedSession(): string {
  const id = lastPlaybackSession();
  if (!id) throw new Error("Run “Start playback” first: this needs the id of its session.");
  return id;
}
