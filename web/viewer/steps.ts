/** Ticks a next step off in place; without this script the form does it by loading the page again. */
const said = document.getElementById("sts");

document.querySelectorAll<HTMLFormElement>("#steps form").forEach((form) => {
  const button = form.querySelector("button")!;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form) as unknown as Record<string, string>);
    body.set("done", button.value);
    try {
      const answer = await fetch(form.action, { method: "POST", headers: { accept: "application/json" }, body });
      if (!answer.ok) throw answer;
      const { done } = (await answer.json()) as { done: boolean };
      button.value = String(!done);
      button.setAttribute("aria-pressed", String(done));
      const row = form.closest("li")!;
      row.classList.toggle("done", done);
      row.querySelector(".by")?.remove();
      said!.textContent = done ? "Thank you. The sender is told." : "It is open again.";
    } catch {
      said!.textContent = "This could not be saved. Try again in a moment.";
    }
  });
});
