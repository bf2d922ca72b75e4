// Visits the hosted pages as somebody would, with a virtual authenticator for passkeys; what each page was like.
import { drive } from "./chromium.mjs";

const WIDTHS = [1280, 390];

// What a screen reader or a keyboard would miss.
const faults = () => {
  const found = [];
  for (const input of document.querySelectorAll("input:not([type=hidden])"))
    if (input.labels.length !== 1 || !input.autocomplete) found.push(`unlabelled ${input.name}`);
  for (const button of document.querySelectorAll("button, a"))
    if (!(button.ariaLabel || button.textContent).trim()) found.push("an unnamed button");
  for (const said of document.querySelectorAll("[aria-describedby]"))
    for (const id of said.getAttribute("aria-describedby").trim().split(/\s+/))
      if (!document.getElementById(id)) found.push(`nothing is ${id}`);
  if (document.querySelectorAll("h1").length !== 1 || !document.querySelector("main")) found.push("no heading or main");
  if (document.documentElement.scrollWidth > innerWidth) found.push("wider than the window");
  const seen = [...document.querySelectorAll("main *")].filter((one) => one.offsetParent && one.children.length === 0);
  for (const one of seen) if (contrast(one) < 4.5) found.push(`pale: ${one.textContent.trim()} ${contrast(one).toFixed(2)}`);
  return found;

  function contrast(one) {
    if (!one.textContent.trim()) return 21;
    const behind = [];
    for (let at = one; at; at = at.parentElement) behind.unshift(rgba(getComputedStyle(at).backgroundColor));
    const ground = behind.reduce((under, over) => over.slice(0, 3).map((c, n) => c * over[3] + under[n] * (1 - over[3])), [255, 255, 255]);
    const [light, dark] = [luminance(rgba(getComputedStyle(one).color)), luminance(ground)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  }
  function rgba(color) {
    const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    context.fillStyle = color;
    context.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  }
  function luminance(color) {
    const [r, g, b] = color.slice(0, 3).map((c) => (c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }
};

async function look(page, job, seen, name) {
  for (const colorScheme of ["light", "dark"])
    for (const width of WIDTHS) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      for (const fault of await page.evaluate(faults)) seen.push(`${name}, ${width}, ${colorScheme}: ${fault}`);
      if (job.pictures) await page.screenshot({ path: `${job.pictures}/${name}-${colorScheme}-${width}.png` });
    }
}

async function authenticator(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  const options = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true };
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: { ...options, isUserVerified: true, automaticPresenceSimulation: true },
  });
  const verify = (isUserVerified) => session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified });
  return { verify };
}

async function signIn(page, { email, password }) {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.keyboard.press("Enter");
}

await drive(async (page, job) => {
  const unfit = [];
  const at = (path) => page.goto(`${job.url}${path}`);
  const shown = (text) => page.getByRole("heading", { name: text }).waitFor();
  const { verify } = await authenticator(page);

  await at(job.authorize);
  await shown("Sign in");
  const focused = await page.evaluate(() => document.activeElement.id);
  await look(page, job, unfit, "sign-in");
  await signIn(page, job);
  await shown("Let Example app in?");
  await look(page, job, unfit, "consent");
  const left = page.waitForRequest((request) => request.url().startsWith(job.redirect));
  await page.getByRole("button", { name: "Allow", exact: true }).click();
  const returned = (await left).url();
  await page.waitForURL((url) => url.href.startsWith(job.redirect));

  await at("/oauth/passkeys");
  await shown("Passkeys");
  await look(page, job, unfit, "no-passkeys");
  await page.getByLabel("Name of the passkey").fill("My laptop");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.getByText("My laptop").waitFor();
  await look(page, job, unfit, "passkeys");
  await page.getByLabel("Name of the passkey").fill("Twice");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  const twice = await page.getByText("The passkey was not made.").textContent();

  await at(`/oauth/device?user_code=${job.userCode}`);
  await shown("Connect Living room?");
  await look(page, job, unfit, "device-asks");
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await shown("Living room is connected");
  await look(page, job, unfit, "device-connected");
  await at("/oauth/device");
  await look(page, job, unfit, "device");

  await at("/oauth/sign-out");
  await look(page, job, unfit, "sign-out");
  await page.getByRole("button", { name: "Sign out" }).click();
  await shown("You are signed out");
  await look(page, job, unfit, "signed-out");

  await at("/oauth/sign-in");
  await verify(false);
  await page.getByRole("button", { name: "Use a passkey" }).click();
  const unverified = await page.getByText("No passkey was used.").textContent();
  await verify(true);
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await shown("Passkeys");
  const passkey = await page.getByText("Signed in as").textContent();
  await page.getByRole("button", { name: "Remove My laptop" }).click();
  await page.getByText("You have no passkeys yet.").waitFor();

  for (const [name, path] of Object.entries(job.pages)) {
    await at(path);
    await look(page, job, unfit, name);
  }

  await at("/oauth/sign-in");
  await signIn(page, { ...job, password: "wrong" });
  await page.getByRole("alert").waitFor();
  const refusal = await page.getByLabel("Password").evaluate((input) => ({
    focused: document.activeElement === input,
    said: document.getElementById(input.getAttribute("aria-describedby").trim()).textContent,
  }));
  await look(page, job, unfit, "refused");
  await page.context().clearCookies();

  await at("/oauth/sign-in");
  await page.getByRole("button", { name: "Continue with Example" }).click();
  await page.waitForURL((url) => url.href.startsWith(job.outside));
  await signIn(page, job);
  await shown("Let Ours in?");
  await page.getByRole("button", { name: "Allow", exact: true }).click();
  await page.waitForURL(`${job.url}/oauth/sign-in?continue=/oauth/outside/example/link`);
  await look(page, job, unfit, "link-first");
  await signIn(page, job);
  await shown("Connect Example?");
  await look(page, job, unfit, "link");
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await shown("Passkeys");
  await page.context().clearCookies();
  await at("/oauth/sign-in");
  await page.getByRole("button", { name: "Continue with Example" }).click();
  await signIn(page, job);
  await page.getByRole("button", { name: "Allow", exact: true }).click();
  await shown("Passkeys");
  return { unfit, focused, returned, twice, unverified, passkey, refusal };
});
