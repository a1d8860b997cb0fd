// The live view: the daemon's mood, history and tracks, updated by server-sent events.

import { sendCommand } from "./api.js";
import { drawFace, element } from "./draw.js";
import { drawHistory, formatDuration, HOUR } from "./history.js";
import { describeMood, describeSongs, isFilmTime, moodName } from "./live-state.js";
import { initRestingFace, renderRestingFace } from "./resting.js";
import { othersLabel, strategyOptions, listButtons, trackCard } from "./tracks.js";

const $ = (id) => document.getElementById(id);
const EVENTS = ["mood", "affect", "presence", "tracks", "playing"];
const RECONNECT_DELAY = 3000;
const REDRAW_INTERVAL = 10000;

let source = null;
let reconnectTimer = null;
let redrawTimer = null;
let previousTint = "";
let pendingCommands = 0;
let state = { daemon: null, why: "", code: "", temperature: null, history: [] };
let shownTracks = null;
let announced = "";

export function initLiveView({ strategies }) {
  $("live-strategies").append(...strategyOptions(strategies));
  $("live-options").addEventListener("change", (event) => send({ command: "strategy", strategy: event.target.value }));
  $("pause").addEventListener("click", () => send({ command: state.daemon.paused ? "resume" : "pause" }));
  $("next").addEventListener("click", () => send({ command: "next" }));
  initRestingFace(announce);
  addEventListener("resize", () => source && state.daemon && renderHistory());
}

export function openLiveView() {
  if (source) return;
  previousTint = document.body.dataset.emotion ?? "";
  connect();
  redrawTimer = setInterval(() => state.daemon && renderHistory(), REDRAW_INTERVAL);
}

export function closeLiveView() {
  if (!source) return;
  clearTimeout(reconnectTimer);
  clearInterval(redrawTimer);
  source.close();
  source = null;
  setTint(previousTint);
}

function connect() {
  source = new EventSource("api/events");
  source.addEventListener("status", (event) => {
    state = { history: state.history, ...JSON.parse(event.data) };
    render();
  });
  source.addEventListener("history", (event) => {
    state.history = JSON.parse(event.data);
    if (state.daemon) renderHistory();
  });
  for (const kind of EVENTS) source.addEventListener(kind, (event) => onEvent(JSON.parse(event.data)));
  source.addEventListener("error", () => {
    state = { ...state, daemon: null, why: "Either it isn't running, or this device is not on its network", code: "no_answer" };
    render();
    // The browser reconnects by itself, except after an error response.
    if (source?.readyState === EventSource.CLOSED) reconnectTimer = setTimeout(connect, RECONNECT_DELAY);
  });
}

function onEvent(event) {
  if (!state.daemon) return;
  if (event.event === "affect") state.daemon.mood = { ...state.daemon.mood, ...event, time: state.daemon.mood?.time };
  else state.daemon[event.event] = event;
  if (event.event === "presence") {
    state.daemon.mood = null;
    if (!state.daemon.playing?.track) state.daemon.tracks = null;
  }
  if (event.event === "mood" || event.event === "presence") state.history.push(event);
  render();
}

function render() {
  const { daemon } = state;
  $("live-content").hidden = !daemon;
  $("offline").hidden = Boolean(daemon);
  if (!daemon) return renderOffline();
  const { mood } = daemon;
  const { face, title, why } = describeMood(daemon);
  $("live-mood").textContent = title;
  $("live-why").textContent = why;
  for (const id of ["live-face", "logo"]) drawFace($(id), mood?.valence ?? 0, mood?.arousal ?? 0, face);
  setTint(face);
  renderHistory();
  renderTracks(daemon);
  renderRestingFace(daemon.resting_face);
  renderStats(daemon);
  renderPreview(daemon.preview);
