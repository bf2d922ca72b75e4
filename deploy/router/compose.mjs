// Composes subgraphs: reads [{ name, url, sdl }] from stdin, writes { supergraph, api } to stdout.
import { readFileSync } from "node:fs";
import { composeServices } from "@theguild/federation-composition";
import { parse } from "graphql";

const subgraphs = JSON.parse(readFileSync(0, "utf8"));
const result = composeServices(subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })));
if (result.errors?.length) {
  for (const error of result.errors) console.error(error.message);
  process.exit(1);
}
process.stdout.write(JSON.stringify({ supergraph: `${result.supergraphSdl.trimEnd()}\n`, api: result.publicSdl }));
