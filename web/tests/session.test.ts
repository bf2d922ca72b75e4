import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { request } from "../src/shared/client.ts";
import { freshSession, secretAskedFor, selectProfile, signIn, signOut } from "../src/shared/session.ts";
import { type Session, storedSession, storeSession } from "../src/shared/store.ts";
import { stubFetch, stubStorage } from "./browser.ts";

beforeEach(() => {
  stubStorage();
  storeSession(null);
});

test("signing in stores the session", async () => {
  stubFetch(() => ({ data: { signIn: payload("1") } }));
  assert.deepEqual(await signIn("mara@example.com", "popcorn"), []);
  assert.equal(storedSession()?.accessToken, "access-1");
  assert.equal(storedSession()?.profiles[0]?.name, "Mara");
});

test("a refusal is handed back and stores nothing", async () => {
  const refusal = { code: "INVALID_CREDENTIALS", message: "No.", path: null };
  stubFetch(() => ({ data: { signIn: { ...payload("1"), accessToken: null, userErrors: [refusal] } } }));
  assert.deepEqual(await signIn("mara@example.com", "wrong"), [refusal]);
  assert.equal(storedSession(), null);
});

test("a child's profile is left with the password that the refusal asks for", async () => {
  const required = { code: "PASSWORD_REQUIRED", message: "Which?", path: ["password"] };
  const requests = stubFetch(({ variables }) => ({
    data: { selectProfile: variables.password === "popcorn" ? payload("2") : { ...payload("2"), accessToken: null, userErrors: [required] } },
  }));
  storeSession(session("1", 600_000));
  const refused = await selectProfile("p");
  assert.deepEqual([refused, secretAskedFor(refused)], [[required], "password"]);
  assert.equal(storedSession()?.accessToken, "access-1");
  assert.deepEqual(await selectProfile("p", { password: "popcorn" }), []);
  assert.equal(storedSession()?.accessToken, "access-2");
  assert.deepEqual(requests.map((asked) => asked.variables), [{ profileId: "p" }, { profileId: "p", password: "popcorn" }]);
});

test("a refusal asks for the secret at the end of its path, or for none", () => {
  const refusal = (code: string, path: string[] | null) => [{ code, message: "No.", path }];
  assert.equal(secretAskedFor(refusal("WRONG_PIN", ["pin"])), "pin");
  assert.equal(secretAskedFor(refusal("WRONG_PASSWORD", ["password"])), "password");
  assert.equal(secretAskedFor(refusal("PROFILE_NOT_FOUND", ["profileId"])), null);
  assert.equal(secretAskedFor(refusal("TOO_MANY_ATTEMPTS", null)), null);
  assert.equal(secretAskedFor([]), null);
});

test("a token with a minute to live is used as it is", async () => {
  const requests = stubFetch(() => ({ data: {} }));
  storeSession(session("1", 90_000));
  assert.equal((await freshSession())?.accessToken, "access-1");
  assert.equal(requests.length, 0);
});

test("requests at once exchange an old token once, and all use the new one", async () => {
  const requests = stubFetch(({ operationName }) => ({ data: operationName === "RefreshSession" ? { refreshSession: payload("2") } : { ok: true } }));
  storeSession(session("1", 10_000));
  await Promise.all([1, 2, 3].map(() => request({ document: "{ ok }", operationName: "Ok" })));
  const refreshes = requests.filter((asked) => asked.operationName === "RefreshSession");
  assert.deepEqual(refreshes.map((asked) => asked.variables), [{ refreshToken: "refresh-1" }]);
  assert.deepEqual(
    requests.filter((asked) => asked.operationName === "Ok").map((asked) => asked.authorization),
    Array(3).fill("Bearer access-2"),
  );
});

test("a token that the server refuses is exchanged, and the request sent again", async () => {
  stubFetch(({ operationName, authorization }) => {
    if (operationName === "RefreshSession") return { data: { refreshSession: payload("2") } };
    return authorization === "Bearer access-2" ? { data: { ok: true } } : unauthenticated;
  });
  storeSession(session("1", 600_000));
  assert.deepEqual(await request({ document: "{ ok }", operationName: "Ok" }), { ok: true });
});

test("a revoked refresh token signs out", async () => {
  stubFetch(() => unauthenticated);
  storeSession(session("1", 10_000));
  assert.equal(await freshSession(), null);
  assert.equal(storedSession(), null);
});

test("signing out revokes the session with the token it had, and forgets it even where that fails", async () => {
  const requests = stubFetch(() => Promise.reject(new TypeError("fetch failed")));
  storeSession(session("1", 600_000));
  await assert.rejects(signOut(), /fetch failed/);
  assert.deepEqual(requests.map((asked) => [asked.operationName, asked.authorization]), [["SignOut", "Bearer access-1"]]);
  assert.equal(storedSession(), null);
});

test("an unreachable server keeps the session", async () => {
  stubFetch(() => Promise.reject(new TypeError("fetch failed")));
  storeSession(session("1", 10_000));
  await assert.rejects(freshSession(), /fetch failed/);
  assert.equal(storedSession()?.refreshToken, "refresh-1");
});

const unauthenticated = { errors: [{ message: "Sign in.", extensions: { code: "UNAUTHENTICATED" } }] };
const profiles = [{ id: "p", name: "Mara", kind: "ADULT" as const, locked: false }];

function payload(number: string): object {
  return {
    accessToken: `access-${number}`,
    refreshToken: `refresh-${number}`,
    expiresAt: new Date(Date.now() + 600_000).toISOString(),
    viewer: { account: { id: "a", email: "mara@example.com", profiles }, profile: { id: "p" }, country: "US" },
    userErrors: [],
  };
}

function session(number: string, livesMs: number): Session {
  const expiresAt = new Date(Date.now() + livesMs).toISOString();
  const who = { accountId: "a", email: "mara@example.com", country: "US", profiles, profileId: "p" };
  return { accessToken: `access-${number}`, refreshToken: `refresh-${number}`, expiresAt, ...who };
}
