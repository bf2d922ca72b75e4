import { createRoot } from "react-dom/client";
import { App } from "./App.tsx";
import "./hook.ts";
import "./stage.css";
import "./watch.css";

const root = document.getElementById("root");
if (!root) throw new Error("watch.html has no #root to draw the page in.");
// Without StrictMode: its double mount would start, stop and start a playback session.
createRoot(root).render(<App />);

// A page that comes back from the browser's cache has given its session up.
addEventListener("pageshow", (event) => event.persisted && location.reload());
