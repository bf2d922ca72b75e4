// Leaves GraphiQL's subscription running until a push stands on the screen; the page is told nothing but by the server.
import { drive, signIn } from "./chromium.mjs";

const OPERATION = "ContinueWatchingChanged";

await drive(async (page, job) => {
  await page.goto(`${job.url}/graphql`);
  await page.getByRole("button", { name: "Show Sign in" }).click();
  await signIn(page, job);
  await page.waitForFunction(() => JSON.parse(localStorage.getItem("marquee.session") ?? "{}").profileId);
  await page.getByRole("button", { name: "Show Tour" }).click();
  await page.locator(`button[data-operation=${OPERATION}]`).click();
  await page.getByRole("tab", { name: OPERATION, selected: true }).waitFor();
  await page.getByRole("button", { name: /Execute query/ }).click();
  const result = page.locator(".graphiql-response");
  await result.getByText('"UPSERT"').first().waitFor();
  await result.getByText(job.position).first().waitFor(); // a token of its own, wherever the editor wraps its line
  return { shown: true };
});
