import { pick, useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { useState } from "react";
import { messageOf } from "../shared/graphql.ts";
import type { Session } from "../shared/store.ts";
import { useSession } from "../shared/useSession.ts";
import { SECTIONS, type Stop } from "./tour.ts";

const files = import.meta.glob<string>("./tour/*.graphql", { query: "?raw", import: "default", eager: true });

/** Saved operations that show the four subgraphs at work; each opens in a tab of its own. */
export function TourPane() {
  const session = useSession();
  const open = useOpenInTab();
  const [problem, setProblem] = useState<{ stop: Stop; message: string } | null>(null);

  async function visit(stop: Stop) {
    try {
      const variables = await stop.variables?.();
      open(documentOf(stop), variables ? JSON.stringify(variables, null, 2) : "");
      setProblem(null);
    } catch (error) {
      setProblem({ stop, message: messageOf(error) });
    }
  }

  return (
    <div className="marquee-pane">
      <h2>Tour</h2>
      <p>Each stop opens in a new tab, its variables filled from this catalogue. Run it with Ctrl-Enter.</p>
      {SECTIONS.map((section) => (
        <section key={section.heading}>
          <h3>{section.heading}</h3>
          <p>{section.intro}</p>
          <ol className="tour">
            {section.stops.map((stop) => (
              <li key={stop.operation}>
                <button type="button" data-operation={stop.operation} onClick={() => void visit(stop)}>
                  <strong>{stop.title}</strong>
                  <span>{stop.shows}</span>
                  {missing(stop, session) && <em>{missing(stop, session)}</em>}
                </button>
                {problem?.stop === stop && (
                  <p className="refusal" role="alert">
                    {problem.message}
                  </p>
                )}
              </li>
            ))}
          </ol>
        </section>
      ))}
    </div>
  );
}

function documentOf(stop: Stop): string {
  const text = files[`./tour/${stop.operation}.graphql`];
  if (text === undefined) throw new Error(`tour/${stop.operation}.graphql is missing from the build.`);
  return text;
}

function missing(stop: Stop, session: Session | null): string | null {
  if (stop.needs && !session) return "sign in first";
  if (stop.needs === "profile" && !session?.profileId) return "select a profile first";
  return null;
}

/** Puts an operation into a new tab; goes to its tab instead where the very same one is open. */
function useOpenInTab() {
  const { addTab, changeTab, stop } = useGraphiQLActions();
  const { tabs, queryEditor, variableEditor } = useGraphiQL(pick("tabs", "queryEditor", "variableEditor"));

  return (query: string, variables: string) => {
    // A subscription left running would write its events into the new tab.
    stop();
    const already = tabs.findIndex((tab) => tab.query === query);
    if (already >= 0) changeTab(already);
    else addTab();
    queryEditor?.setValue(query);
    variableEditor?.setValue(variables);
  };
}
