// Makes or uses a passkey, then submits the form with it. Browsers that can't read options from JSON are left without.
const able = Boolean(window.PublicKeyCredential?.parseRequestOptionsFromJSON);

const CANCELLED = new Set(["NotAllowedError", "AbortError", "InvalidStateError"]);

class Refused extends Error {}

async function answer(form) {
  const response = await fetch(form.dataset.options, { method: "POST" });
  const options = await response.json();
  if (options.location) location.assign(options.location);
  if (!response.ok) throw new Refused(options.message ?? "");
  const publicKey =
    form.dataset.passkey === "create"
      ? PublicKeyCredential.parseCreationOptionsFromJSON(options)
      : PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return navigator.credentials[form.dataset.passkey]({ publicKey });
}

async function submit(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const said = form.querySelector("[role=status]");
  const button = form.querySelector("button");
  button.disabled = true;
  said.textContent = "";
  try {
    form.elements.namedItem("credential").value = JSON.stringify(await answer(form));
    form.submit();
  } catch (error) {
    said.textContent = error instanceof Refused ? error.message : form.dataset[CANCELLED.has(error.name) ? "cancelled" : "failed"];
  } finally {
    button.disabled = false;
  }
}

if (able) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.addEventListener("submit", submit);
    form.hidden = false;
    form.closest(".others")?.removeAttribute("hidden");
  }
  document.querySelector("[data-without-passkeys]")?.remove();
}
