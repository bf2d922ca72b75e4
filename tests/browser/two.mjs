// A TV and a phone of one profile: the TV plays and stops, the phone goes on from there, and then removes the film.
// The watch page has no row of what to go on with: on either device a page of the same origin subscribes to it.
import { drive, signIn } from "./chromium.mjs";

const BLANK = "/health/live";
// All after 5 % of the film, and so far before its credits that the phone can play on.
const FIRST_SECONDS = 3;
const STEP_SECONDS = 1.1;
const PLACES = 12;

const CHANGED = `subscription { continueWatchingChanged { kind removedId item { ...Entry } snapshot { ...Entry } } }
fragment Entry on ContinueWatchingItem {
  id title { ... on Movie { slug } } playable { ... on Movie { progress { positionMs } } } }`;
const REMOVE = `mutation ($id: ID!) { removeFromContinueWatching(titleId: $id) { removedId userErrors { message } } }`;
const STREAMS = "{ viewer { account { activeStreams { sessionId } } } }";

// A page that is behind another draws once a second, and Playwright would look only as often.
const until = (page, predicate, given) => page.waitForFunction(predicate, given, { polling: 20 });

async function device(browser, job, reached) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  context.setDefaultTimeout(60_000);
  context.on("request", (request) => {
    if (!request.url().startsWith(job.url) && /^(http|ws)/.test(request.url())) reached.push(request.url());
  });
  const page = await context.newPage();
  await page.goto(`${job.url}/watch/nowhere`); // signing in at a film's page would play it
  await signIn(page, job);
  await until(page, () => JSON.parse(localStorage.getItem("marquee.session") ?? "{}").profileId);
  const row = await context.newPage();
  await row.goto(job.url + BLANK);
  await row.evaluate(follow, CHANGED);
  await until(row, () => window.entries);
  return { page, row };
}

// Runs in the page: `entries` is the row as it stands, `heard` what was told of it and when; `ask` asks the graph.
function follow(query) {
  const { accessToken } = JSON.parse(localStorage.getItem("marquee.session"));
  const authorization = `Bearer ${accessToken}`;
  window.heard = [];
  window.ask = async (asked, variables = {}) => {
    const headers = { "content-type": "application/json", authorization };
    const body = JSON.stringify({ query: asked, variables });
    return (await (await fetch("/graphql", { method: "POST", headers, body })).json()).data;
  };
  const socket = new WebSocket(`${location.origin.replace("http", "ws")}/graphql`, "graphql-transport-ws");
  const send = (message) => socket.send(JSON.stringify(message));
  const take = ({ kind, item, removedId, snapshot }) => {
    if (snapshot) window.entries = new Map(snapshot.map((entry) => [entry.id, entry]));
    if (item) window.entries.set(item.id, item);
    if (removedId) window.entries.delete(removedId);
    const at = Date.now();
    for (const entry of [...(snapshot ?? []), item].filter(Boolean)) {
      window.heard.push({ kind, at, slug: entry.title.slug, positionMs: entry.playable.progress?.positionMs });
    }
  };
  socket.onopen = () => send({ type: "connection_init", payload: { Authorization: authorization } });
  socket.onmessage = ({ data }) => {
    const { type, payload } = JSON.parse(data);
    if (type === "connection_ack") send({ id: "row", type: "subscribe", payload: { query } });
    if (type === "next") take(payload.data.continueWatchingChanged);
  };
}

// Runs in the page: notes when the server acknowledged what, and where the picture began.
function note() {
  window.acknowledged = [];
  document.addEventListener("playing", ({ target }) => (window.beganAt ??= target.currentTime), true);
  let last = null;
  const hook = {
    get: () => last,
    set: (positionMs) => {
      last = positionMs;
      window.acknowledged.push({ positionMs, at: Date.now() });
    },
  };
  const take = () => Object.defineProperty(window.marquee, "lastAcknowledgedMs", hook);
  document.addEventListener("DOMContentLoaded", take);
}

async function play(page, job) {
  await page.addInitScript(note);
  await page.goto(`${job.url}/watch/${job.slug}`);
  await until(page, () => window.beganAt !== undefined && window.marquee.video.currentTime > window.beganAt);
}

// Plays on from the place for a moment; where it paused, once that is acknowledged.
async function playTo(page, seconds) {
  await page.evaluate((to) => {
    window.acknowledged = [];
    window.marquee.video.currentTime = to;
    return window.marquee.video.play();
  }, seconds);
  await until(page, (from) => window.marquee.video.currentTime > from + 0.3, seconds);
  const pausedAt = await page.evaluate(() => {
    window.marquee.video.pause();
    return Date.now();
  });
  await until(page, () => {
    const { lastAcknowledgedMs, video } = window.marquee;
    return lastAcknowledgedMs === Math.round(video.currentTime * 1000);
  });
  const last = await page.evaluate(() => {
    const { lastAcknowledgedMs } = window.marquee;
    return window.acknowledged.find(({ positionMs }) => positionMs === lastAcknowledgedMs);
  });
  return { ...last, pausedAt };
}

async function told(row, slug, positionMs) {
  const find = ([film, place]) => window.heard.find((entry) => entry.slug === film && entry.positionMs === place);
  return (await until(row, find, [slug, positionMs])).jsonValue();
}

// Leaving is what tells the server, after the page is gone: returns when its stream has ended.
async function leave(page, row, job) {
  await page.goto(job.url + BLANK);
  const ended = async (query) => (await window.ask(query)).viewer.account.activeStreams.length === 0;
  await until(row, ended, STREAMS);
}

// What the rows show of the film before and after it is removed on one device.
async function remove(row, rows, job) {
  const shows = (film) => [...window.entries.values()].some((entry) => entry.title.slug === film);
  const shown = () => Promise.all(rows.map((one) => one.evaluate(shows, job.slug)));
  const before = await shown();
  const answer = await row.evaluate(([mutation, id]) => window.ask(mutation, { id }), [REMOVE, job.film]);
  const { removedId } = answer.removeFromContinueWatching;
  await Promise.all(rows.map((one) => until(one, (id) => !window.entries.has(id), removedId)));
  return { before, after: await shown() };
}

await drive(async (page, job) => {
  const browser = page.context().browser();
  const reached = [];
  const [tv, phone] = await Promise.all([device(browser, job, reached), device(browser, job, reached)]);
  await play(tv.page, job);
  const rounds = [];
  for (let number = 0; number < job.rounds; number += 1) {
    await phone.row.evaluate(() => void (window.heard = []));
    const beat = await playTo(tv.page, FIRST_SECONDS + STEP_SECONDS * (number % PLACES));
    const entry = await told(phone.row, job.slug, beat.positionMs);
    rounds.push({ ...beat, kind: entry.kind, toldAt: entry.at });
  }
  await leave(tv.page, phone.row, job);
  await play(phone.page, job);
  const resumed = await phone.page.evaluate(() => ({ ms: window.marquee.session.resumeAtMs, beganAt: window.beganAt }));
  const further = await playTo(phone.page, resumed.beganAt + 1);
  await told(tv.row, job.slug, further.positionMs);
  const errors = await phone.page.evaluate(() => window.marquee.errors);
  await leave(phone.page, phone.row, job);
  const removal = await remove(phone.row, [tv.row, phone.row], job);
  return { rounds, resumed, further, errors, reached, removal };
});
