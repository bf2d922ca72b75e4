import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { keepFresh } from "../shared/session.ts";
import { fetcher } from "./fetcher.ts";
import "./graphiql.css";
import { SESSION_PLUGIN, TOUR_PLUGIN } from "./plugins.tsx";
import { SessionChip } from "./SessionChip.tsx";
import welcome from "./Welcome.graphql?raw";

const plugins = [SESSION_PLUGIN, TOUR_PLUGIN, HISTORY_PLUGIN];

keepFresh(console.error);

/** All panes share one scrolling box: each begins at its top. */
function scrollPaneUp(): void {
  document.querySelector(".graphiql-plugin")?.scrollTo(0, 0);
}

const root = document.getElementById("root");
if (!root) throw new Error("graphql.html has no #root to draw GraphiQL in.");
createRoot(root).render(
  <StrictMode>
    <GraphiQL
      fetcher={fetcher}
      plugins={plugins}
      defaultQuery={welcome}
      visiblePlugin={TOUR_PLUGIN}
      defaultEditorToolsVisibility="variables"
      onTogglePluginVisibility={scrollPaneUp}
    >
      <GraphiQL.Logo>
        <SessionChip />
      </GraphiQL.Logo>
    </GraphiQL>
  </StrictMode>,
);
