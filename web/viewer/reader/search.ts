// Search in the text of the pitch: the server finds the pages, the text layer marks the words.

import { mark } from "./layer";
import { base, element, popover, say } from "./page";
import { go } from "./travel";

interface Found {
  words: string[];
  hits: { page: number; title: string; before: string; hit: string; after: string }[];
}

/** Makes the panel; `open` shows it. */
export const search = () => {
  const panel = popover("rs", "Search");
  const form = element("form");
  form.setAttribute("role", "search");
  const field = element("input");
  field.type = "search";
  field.maxLength = 100;
  field.setAttribute("aria-label", "Words to look for");
  field.placeholder = "Words to look for";
  const status = element("p", "said");
  status.setAttribute("role", "status");
  const list = element("ol");
  form.append(field);
  panel.append(form, status, list);

  let asked = "";
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = async () => {
    const words = field.value.trim();
    if (words == asked) return;
    asked = words;
    if (!words) {
      list.replaceChildren();
      mark([]);
      return say(status, "");
    }
    let found: Found;
    try {
      const reply = await fetch(`${base}/search?data=true&q=${encodeURIComponent(words)}`);
      if (!reply.ok) throw reply.status;
      found = (await reply.json()) as Found;
    } catch {
      asked = "";
      return say(status, "That did not work. Please try again.");
    }
    // Somebody who types on gets the answer to the last question.
    if (asked != words) return;
    const count = found.hits.length;
    say(status, count ? (count == 1 ? "On one page" : `On ${count} pages`) : "On no page");
    list.replaceChildren(
      ...found.hits.map((hit) => {
        const line = element("li");
        const link = element("a");
        link.href = `#p${hit.page}`;
        const near = element("small");
        near.dir = "auto";
        near.append(hit.before, element("mark", "", hit.hit), hit.after);
        link.append(element("b", "", `Page ${hit.page}${hit.title ? `: ${hit.title}` : ""}`), near);
        line.append(link);
        return line;
      }),
    );
    mark(found.words);
  };
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, 250);
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    clearTimeout(timer);
    await look();
    const first = list.querySelector("a");
    if (first) {
      panel.hidePopover();
      void go(+first.hash.slice(2), true);
    }
  });
  list.addEventListener("click", (event) => {
    if ((event.target as HTMLElement).closest("a")) panel.hidePopover();
  });
  return {
    open: () => {
      panel.showPopover();
      field.focus();
      field.select();
    },
  };
};
