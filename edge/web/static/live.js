// The room at a glance, as the daemon tells it; the browser reconnects by itself.

import { make } from "./draw.js";

const $ = (id) => document.getElementById(id);
let source = null;

export function listen() {
  if (source) return;
  source = new EventSource("/api/events");
  source.addEventListener("status", (event) => show(JSON.parse(event.data)));
  source.addEventListener("error", () => note("moodpi does not answer", "Trying again by itself …"));
}

export function hush() {
  source?.close();
  source = null;
}

function show(state) {
  if (!state.daemon) note("Nothing to see yet", `moodpi is ${state.why}.`);
}

function note(title, text) {
  $("live").replaceChildren(make("div", { class: "note calm" }, make("h2", {}, title), make("p", {}, text)));
}
