// Questions about a page, and the answers to them.

import { base, doc, element, figures, place, popover, say, visit } from "./page";

interface Question {
  page: number | null;
  text: string;
  asked_on: string;
  answer: string | null;
  answered_by: string | null;
}

let panel: HTMLElement | undefined;
let about: HTMLElement | undefined;
let known: Question[] = [];

const labelled = (name: string, field: HTMLElement) => {
  const label = element("label", "", name);
  label.append(field);
  return label;
};

const make = () => {
  panel = popover("rq", "Ask a question");
  const topic = element("p");
  topic.id = "rq-p";
  const form = element("form");
  const text = element("textarea");
  text.name = "text";
  text.required = true;
  text.maxLength = 2000;
  text.rows = 4;
  const name = element("input");
  name.name = "name";
  name.autocomplete = "name";
  name.maxLength = 200;
  const email = element("input");
  email.name = "email";
  email.type = "email";
  email.autocomplete = "email";
  email.maxLength = 200;
  const send = element("button", "", "Send");
  const row = element("div", "row");
  row.append(send);
  form.append(
    labelled("Your question", text),
    labelled("Your name, if you like", name),
    labelled("Your e-mail address, if the answer is to be mailed", email),
    row,
  );
  const said = element("p", "said");
  said.setAttribute("role", "status");
  panel.append(topic, form, said);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    send.disabled = true;
    const body = {
      ...Object.fromEntries(new FormData(form)),
      visit,
      page: about ? place(about) : undefined,
    };
    const reply = await fetch(`${base}/questions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }).catch(() => undefined);
    send.disabled = false;
    if (reply?.ok) {
      form.reset();
      say(said, "Sent. The answer will stand below the page.");
      void refresh();
    } else {
      const problem = (await reply?.json().catch(() => undefined)) as { detail?: string } | undefined;
      say(said, problem?.detail ?? "That did not work. Please try again.");
    }
  });
};

const open = (figure: HTMLElement) => {
  if (!panel) make();
  about = figure;
  say(panel!.querySelector<HTMLElement>("#rq-p")!, `About page ${place(figure)}`);
  say(panel!.querySelector<HTMLElement>(".said")!, "");
  panel!.showPopover();
  panel!.querySelector("textarea")!.focus();
};

const show = () => {
  for (const old of doc.querySelectorAll(".qa")) old.remove();
  for (const question of known) {
    const figure = doc.getElementById(`p${question.page ?? 1}`);
    if (!figure) continue;
    const box = element("div", "qa");
    box.append(element("p", "", question.text));
    const answer = element("p", "answer", question.answer ?? "Not answered yet.");
    if (question.answer) answer.prepend(element("b", "", `${question.answered_by ?? "Answer"}: `));
    box.append(answer);
    figure.append(box);
  }
};

const refresh = async () => {
  const reply = await fetch(`${base}/questions?data=true`).catch(() => undefined);
  if (!reply?.ok) return;
  known = ((await reply.json()) as { items: Question[] }).items;
  show();
};

/** Puts the button under the pages that have none, and the questions under their pages. */
const offer = () => {
  if (!visit) return;
  for (const figure of figures) {
    if (figure.querySelector(".ask")) continue;
    const button = element("button", "ask quiet", `Ask about page ${place(figure)}`);
    button.type = "button";
    button.addEventListener("click", () => open(figure));
    figure.append(button);
  }
  show();
};

if (visit) {
  void refresh();
  // Whoever comes back to the tab sees what was answered meanwhile.
  doc.addEventListener("visibilitychange", () => doc.hidden || void refresh());
}

export const ask = { offer };
