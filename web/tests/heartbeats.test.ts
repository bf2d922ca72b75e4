import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { type HeartbeatEvents, Heartbeats } from "../src/watch/heartbeats.ts";
import type { Beat, HeartbeatPayload, PlayerState } from "../src/watch/types.ts";

const OK: HeartbeatPayload = { command: null, userErrors: [] };
let position = 0;
let state: PlayerState = "PLAYING";
let sent: [sequence: number, positionMs: number][] = [];
let told: unknown[][] = [];

beforeEach(() => {
  position = 0;
  state = "PLAYING";
  sent = [];
  told = [];
  mock.timers.enable({ apis: ["setInterval"] });
});
afterEach(() => mock.timers.reset());

test("it reports at the interval while playing, with a rising sequence", async () => {
  const heartbeats = make(async () => OK);
  for (position of [1000, 2000, 3000]) await interval();
  assert.deepEqual(sent, [[1, 1000], [2, 2000], [3, 3000]]);
  assert.deepEqual(told, [["acknowledged", 1000], ["acknowledged", 2000], ["acknowledged", 3000]]);
  heartbeats.stop();
});

test("it is silent at the interval while paused, yet reports when told to", async () => {
  const heartbeats = make(async () => OK);
  state = "PAUSED";
  await interval();
  assert.deepEqual(sent, []);
  await heartbeats.report();
  assert.deepEqual(sent, [[1, 0]]);
  heartbeats.stop();
});

test("one report is under way at a time, and the latest of the others follows it", async () => {
  const pending: (() => void)[] = [];
  const heartbeats = make(() => new Promise((resolve) => pending.push(() => resolve(OK))));
  const first = heartbeats.report();
  for (position of [10, 20, 30]) void heartbeats.report();
  assert.deepEqual(sent, [[1, 0]]);
  pending.shift()?.();
  await settle();
  assert.deepEqual(sent, [[1, 0], [2, 30]]);
  pending.shift()?.();
  await first;
  assert.equal(sent.length, 2);
  heartbeats.stop();
});

test("a lost report is told, and the next goes out with the next sequence", async () => {
  let lose = true;
  const heartbeats = make(() => (lose ? Promise.reject(new Error("offline")) : Promise.resolve(OK)));
  await heartbeats.report();
  lose = false;
  await heartbeats.report();
  assert.deepEqual(told, [["lost", "offline"], ["acknowledged", 0]]);
  assert.deepEqual(sent.map(([sequence]) => sequence), [1, 2]);
  heartbeats.stop();
});

test("a refusal acknowledges nothing, and a command is passed on", async () => {
  const refusal = { code: "SESSION_ENDED", message: "Over.", path: null };
  const command = { kind: "STOP" as const, reason: "TAKEN_OVER", message: "Elsewhere." };
  const heartbeats = make(async () => ({ command, userErrors: [refusal] }));
  await heartbeats.report();
  assert.deepEqual(told, [["refused", [refusal]], ["command", command]]);
  heartbeats.stop();
});

test("after a stop nothing is sent or told", async () => {
  let answer: (payload: HeartbeatPayload) => void = () => assert.fail("nothing was sent");
  const heartbeats = make(() => new Promise((resolve) => (answer = resolve)));
  const report = heartbeats.report();
  heartbeats.stop();
  answer(OK);
  await report;
  await interval();
  void heartbeats.report();
  assert.equal(sent.length, 1);
  assert.deepEqual(told, []);
});

function make(answer: () => Promise<HeartbeatPayload>): Heartbeats {
  const read = (): Beat => ({ positionMs: position, state, bitrate: null, rebufferMs: null });
  const send = (sequence: number, beat: Beat) => {
    sent.push([sequence, beat.positionMs]);
    return answer();
  };
  return new Heartbeats(1000, read, send, events);
}

const events: HeartbeatEvents = {
  onAcknowledged: (positionMs) => void told.push(["acknowledged", positionMs]),
  onCommand: (command) => void told.push(["command", command]),
  onRefused: (refusals) => void told.push(["refused", refusals]),
  onLost: (message) => void told.push(["lost", message]),
};

async function interval(): Promise<void> {
  mock.timers.tick(1000);
  await settle();
}

async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
