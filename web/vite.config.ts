import { defineConfig, type Plugin } from "vite";

const backEnd = process.env["MARQUEE_URL"] ?? "http://127.0.0.1:8000";

/** Serves the two pages at the addresses the server gives them, while developing. */
function pagesWhereTheServerHasThem(): Plugin {
  return {
    name: "marquee-pages",
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        const wantsPage = request.headers.accept?.includes("text/html") ?? false;
        if (wantsPage && request.url?.startsWith("/watch/")) request.url = "/web/watch.html";
        if (wantsPage && /^\/graphql(\?|$)/.test(request.url ?? "")) request.url = "/web/graphql.html";
        next();
      });
    },
  };
}

export default defineConfig({
  base: "/web/",
  plugins: [pagesWhereTheServerHasThem()],
  // Two copies of either break instanceof checks, and with them the docs and the editors.
  resolve: { dedupe: ["graphql", "monaco-editor", "react", "react-dom"] },
  worker: { format: "es" },
  // For `vite dev`: its pre-bundler can't follow `?worker` imports, and what the workers share with the page
  // must be bundled from the start, else they get CommonJS as it is or a second graphql.
  optimizeDeps: {
    include: ["graphiql", "graphql", "graphql-language-service", "nullthrows", "picomatch-browser"],
    exclude: ["graphiql/setup-workers/vite", "@graphiql/react/setup-workers/vite"],
  },
  build: {
    target: "es2023",
    // Monaco is 3 MB however it is cut; it loads after the page is drawn.
    chunkSizeWarningLimit: 4000,
    rolldownOptions: {
      input: { graphql: "graphql.html", watch: "watch.html" },
      onwarn(warning, warn) {
        // "use client" in a dependency: meant for servers that render React, and nothing to us.
        if (warning.code !== "MODULE_LEVEL_DIRECTIVE") warn(warning);
      },
    },
  },
  server: {
    proxy: {
      "/graphql": { target: backEnd, ws: true },
      "^/(?!web/|graphql|watch/|@)": { target: backEnd },
    },
  },
});
