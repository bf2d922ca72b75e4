/** Ids and slugs to fill the tour's variables with: the first of each kind that the viewer may see. */

import { request } from "../shared/client.ts";
import documents from "./Examples.graphql?raw";

export type Example = "movie" | "series" | "genre" | "collection" | "person";

interface Named {
  id?: string;
  slug?: string;
}
interface Examples {
  movies: { edges: { node: Named | null }[] };
  series: { edges: { node: Named | null }[] };
  genres: Named[];
  collections: Named[];
}
interface ExamplePerson {
  title: { credits: { edges: { node: { person: Named } }[] } } | null;
}

export async function exampleId(example: Example): Promise<string> {
  return required((await find(example))?.id, example);
}

export async function exampleSlug(example: Example): Promise<string> {
  return required((await find(example))?.slug, example);
}

async function find(example: Example): Promise<Named | null | undefined> {
  if (example === "person") return firstPerson();
  const found = await request<Examples>({ document: documents, operationName: "Examples" });
  return {
    movie: found.movies.edges[0]?.node,
    series: found.series.edges[0]?.node,
    genre: found.genres[0],
    collection: found.collections[0],
  }[example];
}

async function firstPerson(): Promise<Named | undefined> {
  const variables = { titleId: await exampleId("movie") };
  const found = await request<ExamplePerson>({ document: documents, operationName: "ExamplePerson", variables });
  return found.title?.credits.edges[0]?.node.person;
}

function required(value: string | undefined, example: Example): string {
  if (!value) throw new Error(`This viewer sees no ${example} in the catalogue, so there is nothing to show here.`);
  return value;
}
