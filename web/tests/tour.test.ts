import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { before, test } from "node:test";
import { getVariableValues, Kind, type OperationDefinitionNode, parse } from "graphql";
import { notePlaybackSession } from "../src/graphiql/lastPlayback.ts";
import { SECTIONS, type Stop } from "../src/graphiql/tour.ts";
import { storeSession } from "../src/shared/store.ts";
import { stubFetch, stubStorage } from "./browser.ts";
import { apiSchema } from "./schema.ts";

const folder = new URL("../src/graphiql/tour/", import.meta.url);
const stops = SECTIONS.flatMap((section) => section.stops);

const titles = { edges: [{ node: { id: "1", slug: "one" } }] };
const EXAMPLES = {
  movies: titles,
  series: titles,
  genres: [{ id: "2" }],
  collections: [{ slug: "three" }],
  title: { credits: { edges: [{ node: { person: { id: "4" } } }] } },
};
const SESSION = {
  accessToken: "access",
  refreshToken: "refresh",
  expiresAt: new Date(Date.now() + 600_000).toISOString(),
  accountId: "5",
  email: "someone@example.com",
  country: "US",
  profiles: [{ id: "6", name: "Someone", kind: "ADULT" as const, locked: false }],
  profileId: "6",
};

before(() => {
  stubStorage();
  stubFetch(() => ({ data: EXAMPLES }));
  notePlaybackSession(JSON.stringify({ data: { startPlayback: { __typename: "PlaybackSession", id: "session" } } }));
  storeSession(SESSION);
});

test("each document has one stop, and each stop a document", () => {
  const documents = globSync("*.graphql", { cwd: folder.pathname }).map((file) => file.replace(".graphql", ""));
  assert.deepEqual(stops.map((stop) => stop.operation).toSorted(), documents.toSorted());
});

for (const stop of stops) {
  test(`${stop.operation} is named after its file and its variables fit`, async () => {
    const operation = operationOf(stop);
    assert.equal(operation.name?.value, stop.operation);
    const variables = (await stop.variables?.()) ?? {};
    const { errors } = getVariableValues(apiSchema(), operation.variableDefinitions ?? [], variables);
    assert.deepEqual(errors?.map(String) ?? [], []);
    assertDeclared(operation, variables);
  });
}

function operationOf(stop: Stop): OperationDefinitionNode {
  const document = parse(readFileSync(new URL(`${stop.operation}.graphql`, folder), "utf8"));
  const operation = document.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  assert.ok(operation);
  return operation;
}

function assertDeclared(operation: OperationDefinitionNode, variables: Record<string, unknown>): void {
  const declared = operation.variableDefinitions?.map((definition) => definition.variable.name.value) ?? [];
  for (const name of Object.keys(variables)) assert.ok(declared.includes(name), `$${name} is not declared`);
}
