// Debian's Chromium, with nothing that would reach out of this machine. Reads a job from stdin, prints one line of JSON.
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--autoplay-policy=no-user-gesture-required",
];

export async function drive(work) {
  const job = JSON.parse(readFileSync(0, "utf8"));
  const browser = await chromium.launch({ executablePath: job.browser, headless: true, args: FLAGS });
  const seen = { elsewhere: [], consoleErrors: [] };
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(30_000);
    page.on("request", (request) => {
      const address = request.url();
      if (!address.startsWith(job.url) && /^(http|ws)/.test(address)) seen.elsewhere.push(address);
    });
    page.on("console", (message) => {
      if (message.type() === "error") seen.consoleErrors.push(`${message.text()} (${message.location().url})`);
    });
    console.log(JSON.stringify({ ...(await work(page, job)), ...seen }));
  } finally {
    await browser.close();
  }
}

export async function signIn(page, { email, password, profile }) {
  await page.fill("input[type=email]", email);
  await page.fill("input[type=password]", password);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: profile }).first().click();
}
