// Watches a title for some seconds after its first frame, then leaves; with `again`, comes back and says where it goes on.
import { drive, signIn } from "./chromium.mjs";

const state = () => ({
  position: window.marquee.video?.currentTime ?? 0,
  frames: window.marquee.video?.getVideoPlaybackQuality().totalVideoFrames ?? 0,
  acknowledged: window.marquee.lastAcknowledgedMs,
  manifest: window.marquee.player?.getAssetUri() ?? null,
  resumeAtMs: window.marquee.session?.resumeAtMs ?? null,
  height: window.marquee.player?.getVariantTracks().map((track) => track.height) ?? [],
  errors: window.marquee.errors,
});

async function playing(page, from) {
  await page.waitForFunction((position) => (window.marquee?.video?.currentTime ?? 0) > position, from);
  return page.evaluate(state);
}

await drive(async (page, job) => {
  if (job.block) await page.route(job.block, (route) => route.abort());
  await page.goto(`${job.url}/watch/${job.slug}`);
  await signIn(page, job);
  const first = await playing(page, 0.1);
  await page.waitForFunction((ms) => (window.marquee.lastAcknowledgedMs ?? 0) > ms, job.untilAcknowledgedMs);
  const last = await page.evaluate(state);
  await page.goto(`${job.url}/health/live`); // leaving is what tells the server
  if (!job.again) return { first, last };
  await page.goto(`${job.url}/watch/${job.slug}`);
  await page.waitForFunction(() => window.marquee?.session != null);
  const resumed = await playing(page, (await page.evaluate(state)).resumeAtMs / 1000);
  return { first, last, resumed };
});
