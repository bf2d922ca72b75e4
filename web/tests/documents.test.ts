import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { parse, validate } from "graphql";
import { apiSchema } from "./schema.ts";

const folder = new URL("../src/", import.meta.url).pathname;
const files = globSync("**/*.graphql", { cwd: folder });

test("there are documents to validate", () => assert.ok(files.length > 25));

for (const file of files) {
  test(`${file} is valid against the graph`, () => {
    const document = parse(readFileSync(folder + file, "utf8"));
    assert.deepEqual(validate(apiSchema(), document).map(String), []);
  });
}
