// A list of tracks as cards, with a word for each.

import { say } from "./api.js";
import { make, square } from "./draw.js";

const HEART = "M12 20.5 4.3 12.9a5 5 0 0 1 7.1-7.1l.6.6.6-.6a5 5 0 0 1 7.1 7.1z";
const NEXT = "M5 5.5v13l9-6.5zM17 5.5v13";

const STRATEGY = { match: "Match", lift: "Lift", journey: "Journey" };
const ABOUT = { match: "music like the mood", lift: "towards a better mood", journey: "there, step by step" };

// A choice of strategies, for a form; `chosen` is the one that is marked.
export function strategies(names, chosen) {
  return names.map((name) => make("label", { title: ABOUT[name] },
    make("input", { type: "radio", name: "strategy", value: name, checked: name === chosen }),
    make("span", {}, STRATEGY[name] ?? name)));
}

const icon = (d) => make("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" }, make("path", { d }));

export function card(track, number, announce) {
  const item = make("li", { class: "track" });
  item.style.setProperty("--number", number);
  const word = (verdict, label, d, done) => make("button", {
    type: "button", class: `word ${verdict}`, title: label, "aria-label": `${label}: ${track.title}`, "aria-pressed": "false",
    onclick: async (event) => {
      const button = event.currentTarget;
      try {
        await say(verdict, track.id);
      } catch (trouble) {
        announce(`${trouble.title}. ${trouble.message}`);
        return;
      }
      for (const other of item.querySelectorAll(".word")) other.setAttribute("aria-pressed", String(other === button));
      item.classList.toggle("gone", verdict === "skip");
      announce(`${track.title}: ${done}`);
    },
  }, icon(d));
  item.append(
    square(track),
    make("div", { class: "about" },
      make("a", { href: track.url, target: "_blank", rel: "noreferrer noopener", class: "title" }, track.title,
        make("span", { class: "visually-hidden" }, " (opens in Spotify)")),
      make("p", { class: "artist" }, track.artist),
      make("p", { class: "why" }, track.why)),
    make("div", { class: "words" },
      word("like", "Like", HEART, "liked, more of that"),
      word("skip", "Skip", NEXT, "skipped, less of that")));
  return item;
}
