// The photo view: choose a photo, upload it, show its faces, its mood and the tracks.

import { ApiError, fetchStatus, postPhoto, prepareUpload, sendCommand } from "./api.js";
import { ADJECTIVES, drawFace, element, probabilityBars } from "./draw.js";
import { notices } from "./notices.js";
import { othersLabel, strategyOptions, listButtons, trackCard, tracksPhrase } from "./tracks.js";
import { hasWebcam, takePicture } from "./webcam.js";

const $ = (id) => document.getElementById(id);

export const photo = { file: null, face: 0 };
let boxes = [];
let pendingRequest = null;
let recommendation = null;
const notice = notices("announcement", "photo-refusal");
// As many ids as the command takes.
const MAX_PLAYED = 17;

export async function initPhotoView({ strategies, models, defaults }) {
  $("webcam").addEventListener("click", openWebcam);
  $("strategies").replaceChildren(...strategyOptions(strategies, defaults.strategy));
  for (const [model, formats] of Object.entries(models)) {
    for (const format of formats) {
      const selected = model === defaults.model && format === defaults.format;
      $("model").append(element("option", { value: `${model} ${format}`, selected }, `${model} ${format}`));
    }
  }
  $("track-count").textContent = tracksPhrase(defaults.count);
  $("others").textContent = othersLabel(defaults.count);
  for (const input of [$("options"), $("model")]) input.addEventListener("change", () => recommend());
  $("others").addEventListener("click", () => recommend());
  $("play").addEventListener("click", playThese);
  $("photo").addEventListener("error", () => {
    $("frame").hidden = true;
    $("faces-hint").textContent = "This browser cannot show the photo.";
  });
  $("failed-photo").addEventListener("error", () => ($("failed-photo").hidden = true));
  acceptPasteAndDrop();
  for (const input of [$("choose"), $("take")]) {
    const openChosen = () => {
      if (input.files[0]) openPhoto(input.files[0]);
      input.value = "";
    };
    input.addEventListener("change", openChosen);
    openChosen(); // chosen while the page started
  }
  $("webcam").hidden = !(await hasWebcam());
}

function acceptPasteAndDrop() {
  document.addEventListener("paste", (event) => {
    const file = event.clipboardData.files[0];
    if (file) openPhoto(file);
  });
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    $("drop").classList.add("over");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) $("drop").classList.remove("over");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    $("drop").classList.remove("over");
    const file = event.dataTransfer.files[0];
    if (file) openPhoto(file);
  });
}

async function openWebcam() {
  setBusy(true);
  try {
    await openPhoto(await takePicture());
  } catch (error) {
    clearPhoto();
    showError(error);
  }
}

function clearPhoto() {
  URL.revokeObjectURL($("photo").src);
  $("photo").removeAttribute("src");
}

async function openPhoto(file) {
  location.hash = "photo";
  photo.face = 0;
  boxes = [];
  setBusy(true);
  clearPhoto();
  try {
    photo.file = await prepareUpload(file);
    $("frame").hidden = false;
    $("photo").src = URL.createObjectURL(photo.file);
    for (const box of $("frame").querySelectorAll("button")) box.remove();
    await recommend(true);
  } catch (error) {
    showError(error);
  }
}

function requestOptions() {
  const [model, format] = $("model").value.split(" ");
  return { model, format, strategy: new FormData($("options")).get("strategy"), face: photo.face };
}

async function recommend(isNewPhoto = false) {
  if (!photo.file) return;
  pendingRequest?.abort();
  const request = (pendingRequest = new AbortController());
  setBusy(true);
  try {
    const body = await postPhoto("api/recommend", photo.file, requestOptions(), request.signal);
    if (request.signal.aborted) return;
    if (isNewPhoto) boxes = body.faces;
    showRecommendation(body);
    if (isNewPhoto && scrollY > 200) scrollTo({ top: 0 });
  } catch (error) {
    if (!request.signal.aborted) showError(error);
  }
}

// The daemon on the machine of the page plays the songs; the live view then shows them.
async function playThese() {
  const { tracks, emotion } = recommendation;
  notice.refuse("");
  try {
    await sendCommand({ command: "play", tracks: tracks.slice(0, MAX_PLAYED).map(({ id }) => id).join(","), emotion });
    location.hash = "live";
  } catch (error) {
    notice.refuse(error.sentences);
  }
}

async function showWhetherPlayable() {
  const { daemon } = await fetchStatus().catch(() => ({}));
  $("play").hidden = !daemon || daemon.player === "print";
}

function showRecommendation(body) {
  setBusy(false);
  recommendation = body;
  notice.refuse("");
  showWhetherPlayable();
  $("error").hidden = true;
  $("intro").classList.add("small");
  $("result").hidden = false;
  document.body.dataset.emotion = body.emotion;
  $("mood").textContent = `You look ${ADJECTIVES[body.emotion] ?? body.emotion}.`;
  const certainty = body.confidence > 0.75 ? "" : body.confidence > 0.45 ? "Probably: " : "Unsure: ";
  $("mood-details").textContent = `${certainty}${Math.round(100 * body.confidence)}% ${body.emotion}, ${describeAffect(body)}${describeSearch(body)}`;
  drawFace($("mood-face"), body.valence, body.arousal, body.emotion);
  drawFace($("logo"), body.valence, body.arousal, body.emotion);
  $("bars").replaceChildren(...probabilityBars(body.probabilities));
  $("tracks").replaceChildren(...body.tracks.map((track, index) => trackCard(track, index, notice)));
  $("list-buttons").replaceChildren(...listButtons(body.tracks, notice));
  drawBoxes();
  notice.announce(`${$("mood").textContent} ${body.tracks.length} tracks.`);
}

const describeAffect = ({ valence, arousal }) =>
  `${valence < -0.2 ? "unpleasant" : valence > 0.2 ? "pleasant" : "neutral"} and ${arousal < -0.2 ? "calm" : arousal > 0.2 ? "lively" : "balanced"}`;

// How the face was found; nothing if it was found in the photo as it is.
const describeSearch = ({ search }) => search
  ? `. The face was found only with ${[search.turn && `the photo turned ${search.turn}° counter-clockwise`, search.margin && "a margin around the photo", search.leaning && "a search for heads that lean or turn"].filter(Boolean).join(" and ")}`
  : "";

function drawBoxes() {
  const { naturalWidth: width, naturalHeight: height } = $("photo");
  if (!width) return void $("photo").addEventListener("load", drawBoxes, { once: true });
  $("faces-hint").textContent = boxes.length > 1 ? `${boxes.length} faces: select one` : "";
  for (const box of $("frame").querySelectorAll("button")) box.remove();
  $("frame").append(...boxes.map(([x, y, w, h], index) => {
    const button = element("button", {
      type: "button", class: "face", "aria-pressed": String(index === photo.face),
      "aria-label": boxes.length > 1 ? `Face ${index + 1} of ${boxes.length}` : "The face",
      onclick: () => selectFace(index),
    });
    const position = { left: x / width, top: y / height, width: w / width, height: h / height };
    for (const [side, share] of Object.entries(position)) button.style[side] = `${100 * share}%`;
    return button;
  }));
}

function selectFace(index) {
  if (index === photo.face) return;
  photo.face = index;
  drawBoxes();
  $("frame").querySelectorAll("button")[index].focus();
  recommend();
}

function setBusy(busy) {
  $("view-photo").setAttribute("aria-busy", String(busy));
  document.body.classList.toggle("busy", busy);
}

function showError(error) {
  setBusy(false);
  const known = error instanceof ApiError ? error : new ApiError("failed", String(error));
  $("error-title").textContent = known.title;
  $("error-text").textContent = known.message;
  $("failed-photo").hidden = !$("photo").src;
  if ($("photo").src) $("failed-photo").src = $("photo").src;
  $("error").hidden = false;
  $("result").hidden = true;
  $("intro").classList.remove("small");
  drawFace($("error-face"), -0.7, -0.4, "sad");
  $("error").scrollIntoView({ block: "nearest" });
  delete document.body.dataset.emotion;
}
