// What all parts of the reader share: the page, and the few shapes that they add to it.

export const doc = document;

/** The path of the link, or of the preview. */
export const base = location.pathname.replace(/\/$/, "");

/** The pages, in order; those that come later as well. */
export const figures = doc.getElementsByTagName("figure") as HTMLCollectionOf<HTMLElement>;

/** Whether what is done is recorded: a preview records nothing. */
export const visit = doc.querySelector<HTMLInputElement>("[name=visit]")?.value;

/** How many pages there are, drawn or not. */
export const total = +(doc.querySelector<HTMLElement>("#n")?.dataset.c ?? 0);

/** The place of a page in the pitch, from 1. */
export const place = (figure: HTMLElement): number => +figure.id.slice(1);

/** Where the page's own things are asked for. */
export const address = (figure: HTMLElement): string =>
  `${base}/pages/${figure.closest<HTMLElement>("[data-i]")!.dataset.i}/${figure.dataset.n}`;

export const element = <Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  look = "",
  text = "",
): HTMLElementTagNameMap[Name] => {
  const made = doc.createElement(name);
  if (look) made.className = look;
  made.textContent = text;
  return made;
};

/** A button with a sign and a name. */
export const button = (name: string, path: string, act: () => void): HTMLButtonElement => {
  const made = element("button", "quiet");
  made.type = "button";
  made.title = name;
  made.setAttribute("aria-label", name);
  made.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${path}"/></svg>`;
  made.addEventListener("click", act);
  return made;
};

/** A panel with a heading that opens over the page and closes by Escape or a click beside it. */
export const popover = (id: string, title: string): HTMLElement => {
  const panel = element("section", "panel");
  panel.id = id;
  panel.popover = "auto";
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-labelledby", `${id}-h`);
  const head = element("div", "top");
  const heading = element("h2", "", title);
  heading.id = `${id}-h`;
  const close = element("button", "quiet", "Close");
  close.type = "button";
  close.addEventListener("click", () => panel.hidePopover());
  head.append(heading, close);
  panel.append(head);
  doc.body.append(panel);
  return panel;
};

/** Says something only when it is new, so that screen readers say it once. */
export const say = (where: HTMLElement, text: string) => {
  if (where.textContent !== text) where.textContent = text;
};

/** Tells the first script what was done with a page. */
export const tell = (kind: string, figure: HTMLElement | undefined) =>
  figure?.dispatchEvent(new Event(kind, { bubbles: true }));
