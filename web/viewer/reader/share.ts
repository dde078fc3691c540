// Sharing without leaving the page; without this script the form leads to a page of its own.

import { doc } from "./page";

const find = <T extends HTMLElement>(selector: string) => doc.querySelector<T>(selector)!;

const form = doc.querySelector<HTMLFormElement>("#share form");
form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = find("#made");
  const button = form.querySelector("button")!;
  button.disabled = true;
  const reply = await fetch(form.action, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify(Object.fromEntries(new FormData(form))),
  }).catch(() => undefined);
  const made = await reply?.json().catch(() => undefined);
  button.disabled = false;
  if (reply?.ok) {
    const address = find<HTMLInputElement>("#made input");
    const mail = find<HTMLAnchorElement>("#made a");
    address.value = made.url;
    mail.href = made.mailto;
    answer.hidden = false;
    address.select();
    form.reset();
  }
  find("#said").textContent = reply?.ok
    ? "The link is ready."
    : (made?.detail ?? "That did not work. Please try again.");
});
find("#made button")?.addEventListener("click", (event) => {
  const address = find<HTMLInputElement>("#made input");
  address.select();
  // Deprecated, and the one way to copy that also works without TLS.
  doc.execCommand("copy");
  (event.target as HTMLElement).textContent = "Copied";
});
