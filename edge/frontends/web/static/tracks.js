// Tracks as cards with feedback buttons, and the choice of a strategy.

import { capitalized, sendFeedback } from "./api.js";
import { element, trackCover } from "./draw.js";

const LIKE_ICON = "M12 20.5 4.3 12.9a5 5 0 0 1 7.1-7.1l.6.6.6-.6a5 5 0 0 1 7.1 7.1z";
const SKIP_ICON = "M17 3.5v11l-4.6 6.3a2 2 0 0 1-3.3-2L10.3 14.5H5.2a2 2 0 0 1-2-2.4l1.5-7a2 2 0 0 1 2-1.6zM17 3.5h3.5v11H17";
const BAN_ICON = "M12 3.5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 1 0 0-17M6 6l12 12";

const NUMBERS = { 1: "one", 2: "two", 3: "three", 4: "four", 5: "five" };
const STRATEGY_LABELS = { match: "Match", lift: "Lift", journey: "Journey" };
const STRATEGY_HINTS = { match: "music like the mood", lift: "music of a better mood", journey: "in small steps to a better mood" };

// Radio buttons for a form; `selected` is checked.
export function strategyOptions(names, selected) {
  return names.map((name) => element("label", { title: STRATEGY_HINTS[name] },
    element("input", { type: "radio", name: "strategy", value: name, checked: name === selected }),
    element("span", {}, STRATEGY_LABELS[name] ?? name)));
}

const numeral = (count) => NUMBERS[count] ?? String(count);

// "five tracks"
export const tracksPhrase = (count) => `${numeral(count)} track${count === 1 ? "" : "s"}`;

// The label of the button that replaces `count` tracks: "Five others".
export const othersLabel = (count) => count === 1 ? "Another one" : `${capitalized(numeral(count))} others`;

// Buttons that save the tracks as a playlist and open their pages. They tell by the view's notices.
export function listButtons(list, { announce, refuse }) {
  // A song that only the player has is on no page.
  const tracks = list.filter(({ url }) => url);
  const button = (label, onclick) => element("button", { type: "button", class: "button", onclick }, label);
  return [
    button("Save as file", () => {
      const lines = tracks.map(({ artist, title, url }) => `#EXTINF:-1,${artist} - ${title}\n${url}\n`);
      const href = URL.createObjectURL(new Blob(["#EXTM3U\n", ...lines], { type: "audio/x-mpegurl" }));
      element("a", { href, download: "moodpi.m3u8" }).click();
      setTimeout(() => URL.revokeObjectURL(href), 60000);
    }),
    button("Open all", () => {
      // Browsers open one page a click unless allowed more.
      const blocked = tracks.filter(({ url }) => !window.open(url, "_blank")).length;
      refuse(blocked ? `${blocked} of ${tracks.length} tracks were blocked: allow pop-ups for this page.` : "");
      if (!blocked) announce(`${tracks.length} tracks opened`);
    }),
  ];
}

const icon = (path) => element("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" }, element("path", { d: path }));

// The verdict on a track that was given here or elsewhere; undefined without one.
export function showVerdict(card, verdict) {
  for (const button of card.querySelectorAll(".feedback-button")) button.setAttribute("aria-pressed", String(button.classList.contains(verdict)));
  card.classList.toggle("skipped", verdict === "skip" || verdict === "ban");
}

export function trackCard(track, index, { announce, refuse }) {
  const card = element("li", { class: "track" });
  card.style.setProperty("--index", index);
  const feedbackButton = (verdict, label, path, confirmation) => element("button", {
    type: "button", class: `feedback-button ${verdict}`, title: label, "aria-label": `${label}: ${track.title}`, "aria-pressed": "false",
    onclick: async () => {
      try {
        await sendFeedback(verdict, track.id);
      } catch (error) {
        refuse(error.sentences);
        return;
      }
      refuse("");
      showVerdict(card, verdict);
      card.dispatchEvent(new CustomEvent("verdict", { bubbles: true, detail: { id: track.id, verdict } }));
      announce(`${track.title}: ${confirmation}`);
    },
  }, icon(path));
  card.append(
    trackCover(track),
    element("div", { class: "track-text" },
      track.url
        ? element("a", { href: track.url, target: "_blank", rel: "noreferrer noopener", class: "title" }, track.title,
          element("span", { class: "visually-hidden" }, " (opens in Spotify)"))
        : element("span", { class: "title" }, track.title),
      element("p", { class: "artist" }, track.artist),
      element("p", { class: "why" }, track.why)),
    element("div", { class: "feedback" },
      feedbackButton("like", "Like", LIKE_ICON, "liked, more like this"),
      feedbackButton("skip", "Skip", SKIP_ICON, "skipped, less like this"),
      feedbackButton("ban", "Never again", BAN_ICON, "never played again")));
  return card;
}
