import type { GraphiQLPlugin } from "@graphiql/react";
import { useSession } from "../shared/useSession.ts";
import { SessionPane } from "./SessionPane.tsx";
import { TourPane } from "./TourPane.tsx";

export const SESSION_PLUGIN: GraphiQLPlugin = { title: "Sign in", icon: SessionIcon, content: SessionPane };
export const TOUR_PLUGIN: GraphiQLPlugin = { title: "Tour", icon: TourIcon, content: TourPane };

const stroke = { fill: "none", stroke: "currentColor", strokeWidth: 1.6, strokeLinecap: "round", strokeLinejoin: "round" } as const;

function SessionIcon() {
  const signedIn = useSession()?.profileId != null;
  return (
    <svg viewBox="0 0 20 20" {...stroke} aria-hidden="true">
      <circle cx="10" cy="7" r="3.2" />
      <path d="M3.8 17c.8-3.2 3.2-4.8 6.2-4.8s5.4 1.6 6.2 4.8" />
      {signedIn && <circle cx="16" cy="4" r="2.6" fill="hsl(150 60% 42%)" stroke="none" />}
    </svg>
  );
}

function TourIcon() {
  return (
    <svg viewBox="0 0 20 20" {...stroke} aria-hidden="true">
      <circle cx="10" cy="10" r="7.4" />
      <path d="m13.2 6.8-1.9 4.5-4.5 1.9 1.9-4.5z" />
    </svg>
  );
}
