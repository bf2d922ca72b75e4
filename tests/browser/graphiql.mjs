// Signs in inside GraphiQL and runs every stop of the tour; what each answered, by its operation's name.
import { drive, signIn } from "./chromium.mjs";

// Subscriptions, and what of their first event stands on the screen.
const PUSHED = { ContinueWatchingChanged: '"SNAPSHOT"', ActiveStreams: '"activeStreamsChanged"' };

const answers = (operation) => (response) =>
  response.url().endsWith("/graphql") &&
  new RegExp(`\\b(query|mutation) ${operation}\\b`).test(response.request().postDataJSON()?.query ?? "");

async function run(page, operation) {
  const execute = page.getByRole("button", { name: /Execute query/ });
  await page.locator(`button[data-operation=${operation}]`).click();
  // The tab takes its name from the operation once the editor has it; before that, executing would run what was there.
  await page.getByRole("tab", { name: new RegExp(`^${operation}\\b`), selected: true }).waitFor();
  if (operation in PUSHED) {
    await execute.click();
    await page.getByText(PUSHED[operation]).first().waitFor(); // on the screen, so pushed, parsed and shown
    return { data: PUSHED[operation] };
  }
  const answer = page.waitForResponse(answers(operation));
  await execute.click();
  return (await answer).json();
}

await drive(async (page, job) => {
  await page.goto(`${job.url}/graphql`);
  await page.getByRole("button", { name: "Show Sign in" }).click();
  await signIn(page, job);
  await page.waitForFunction(() => JSON.parse(localStorage.getItem("marquee.session") ?? "{}").profileId);
  await page.getByRole("button", { name: "Show Tour" }).click();
  const stops = page.locator("button[data-operation]");
  await stops.first().waitFor();
  const operations = await stops.evaluateAll((buttons) => buttons.map((button) => button.dataset.operation));
  const found = {};
  for (const operation of operations) found[operation] = await run(page, operation);
  return { answers: found };
});
