// The resting face in the live view: its numbers, and the buttons that measure and delete it.

import { sendCommand } from "./api.js";
import { probabilityBars } from "./draw.js";
import { formatDuration } from "./history.js";

const $ = (id) => document.getElementById(id);
const INVITATION = "Some faces look sad or angry at rest. Look at the camera as usual for ten seconds: what it sees then counts as no mood. Seven numbers are kept, never a picture.";

let tell = () => {};
let refusal = "";
let shown = null;
let lastState = null;

export function initRestingFace(announce) {
  tell = announce;
  $("calibrate").addEventListener("click", () => send("start"));
  $("delete-resting").addEventListener("click", () => send("delete"));
}

// `resting` is the field resting_face of the daemon's status.
export function renderRestingFace(resting) {
  const calibration = resting?.calibration;
  const running = calibration?.state === "running";
  const means = resting?.mean_log_probabilities;
  if (running) refusal = "";
  $("calibrate").disabled = !resting || running;
  $("delete-resting").hidden = !means || running;
  $("resting-progress").hidden = !running;
  $("resting-progress").value = calibration?.progress ?? 0;
  $("resting-text").textContent = running ? "Look at the camera as usual." : describe(resting);
  renderBars(means, resting?.time);
  const state = calibration?.state ?? "";
  if (lastState !== null && state && state !== lastState) tell($("resting-text").textContent);
  lastState = state;
}

function describe(resting) {
  const failed = refusal || resting?.calibration?.error;
  if (failed) return `Not calibrated: ${failed}.${resting?.mean_log_probabilities ? " What was kept before stays." : ""}`;
  if (!resting?.mean_log_probabilities) return INVITATION;
  if (!resting.applied) return `Not used: ${resting.why}.`;
  const day = new Date(1000 * resting.time).toLocaleDateString([], { day: "numeric", month: "long" });
  return resting.origin === "calibrated" ? `Calibrated on ${day}. This counts as no mood:`
    : `Learned from ${formatDuration(resting.seconds)} of what the camera saw. This counts as no mood; calibrate to be surer:`;
}

function renderBars(means, time) {
  if (shown === (time ?? null)) return;
  shown = time ?? null;
  const weights = Object.entries(means ?? {}).map(([name, mean]) => [name, Math.exp(mean)]);
  const sum = weights.reduce((total, [, weight]) => total + weight, 0);
  $("resting-bars").replaceChildren(...(means ? probabilityBars(Object.fromEntries(weights.map(([name, weight]) => [name, weight / sum]))) : []));
}

async function send(action) {
  refusal = "";
  try {
    const status = await sendCommand({ command: "calibrate", action });
    renderRestingFace(status.resting_face);
  } catch (error) {
    refusal = error.message;
    $("resting-text").textContent = `Not calibrated: ${refusal}.`;
    tell($("resting-text").textContent);
  }
}
