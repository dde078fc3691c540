/** Ticks a next step off in place; without this script the form does it by loading the page again. */
const said = document.getElementById("sts")!;

document.querySelector<HTMLFormElement>("#sf")!.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = event.submitter as HTMLButtonElement;
  const visit = (event.currentTarget as HTMLFormElement).elements.namedItem("visit") as HTMLInputElement;
  const body = new URLSearchParams({ visit: visit.value, done: button.value });
  try {
    const answer = await fetch(button.formAction, { method: "POST", headers: { accept: "application/json" }, body });
    if (!answer.ok) throw answer;
    const { done } = (await answer.json()) as { done: boolean };
    button.value = String(!done);
    button.setAttribute("aria-pressed", String(done));
    const row = button.closest("li")!;
    row.classList.toggle("done", done);
    row.querySelector(".by")?.remove();
    said.textContent = done ? "Thank you. The sender is told." : "It is open again.";
  } catch {
    said.textContent = "This could not be saved. Try again in a moment.";
  }
});
