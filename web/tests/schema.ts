/** The graph as clients see it, to validate our operations against. */

import { readFileSync } from "node:fs";
import { buildSchema, type GraphQLSchema } from "graphql";

const sdl = process.env["MARQUEE_API_SDL"] ?? new URL("../../schema/sdl/api.graphql", import.meta.url);

export function apiSchema(): GraphQLSchema {
  return buildSchema(readFileSync(sdl, "utf8"));
}
