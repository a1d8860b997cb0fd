// One photo: chosen, sent, shown with its faces and its five songs.

import { Trouble, post, prepared } from "./api.js";
import { ADJECTIVE, bars, drawFace, make } from "./draw.js";
import { card, strategies as choices } from "./tracks.js";

const $ = (id) => document.getElementById(id);

export const photo = { picture: null };
let boxes = [];
let face = 0;
let asking = null;

export function start(state) {
  for (const [name, file] of [["choose", $("choose")], ["take", $("take")]]) {
    file.addEventListener("change", () => {
      if (file.files[0]) show(file.files[0]);
      $(name).value = "";
    });
  }
  listenForDrops();
  addWishes(state);
  $("others").addEventListener("click", () => answer());
  $("photo").addEventListener("error", () => ($("frame").hidden = true));
}

function listenForDrops() {
  document.addEventListener("paste", (event) => {
    const file = [...event.clipboardData.files][0];
    if (file) show(file);
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
    if (file) show(file);
  });
}

function addWishes({ strategies, models, defaults }) {
  $("strategies").replaceChildren(...choices(strategies, defaults.strategy));
  for (const [model, formats] of Object.entries(models)) {
    for (const format of formats) {
      const chosen = model === defaults.model && format === defaults.format;
      $("model").append(make("option", { value: `${model} ${format}`, selected: chosen }, `${model} ${format}`));
    }
  }
  $("wishes").addEventListener("change", () => answer());
}

async function show(file) {
  location.hash = "photo";
  face = 0;
  boxes = [];
  working(true);
  try {
    photo.picture = await prepared(file);
    URL.revokeObjectURL($("photo").src);
    $("frame").hidden = false;
    $("photo").src = URL.createObjectURL(photo.picture);
    for (const old of $("frame").querySelectorAll("button")) old.remove();
    await answer(true);
  } catch (trouble) {
    complain(trouble);
  }
}

function wish() {
  const [model, format] = $("model").value.split(" ");
  return { model, format, strategy: new FormData($("wishes")).get("strategy"), face };
}

async function answer(fresh = false) {
  if (!photo.picture) return;
  asking?.abort();
  const mine = (asking = new AbortController());
  working(true);
  try {
    const { body } = await post("/api/recommend", photo.picture, wish(), mine.signal);
    if (mine.signal.aborted) return;
    if (fresh) boxes = body.faces;
    fill(body, fresh);
  } catch (trouble) {
    if (!mine.signal.aborted) complain(trouble);
  }
}

function fill(body, fresh) {
  working(false);
  $("trouble").hidden = true;
  $("intro").classList.add("small");
  $("result").hidden = false;
  document.body.dataset.emotion = body.emotion;
  $("mood").textContent = `You look ${ADJECTIVE[body.emotion] ?? body.emotion}.`;
  const sure = body.confidence > 0.75 ? "" : body.confidence > 0.45 ? "I think: " : "Hard to say: ";
  $("mood-more").textContent = `${sure}${Math.round(100 * body.confidence)} % ${body.emotion}, ${place(body)}`;
  drawFace($("mood-face"), body.valence, body.arousal, body.emotion);
  drawFace($("mark"), body.valence, body.arousal, body.emotion);
  $("bars").replaceChildren(...bars(body.probabilities));
  $("tracks").replaceChildren(...body.tracks.map((track, number) => card(track, number, announce)));
  $("others").textContent = `${{ 5: "Five", 1: "Another" }[body.tracks.length] ?? body.tracks.length} others`;
  drawBoxes();
  announce(`${$("mood").textContent} ${body.tracks.length} songs.`);
  if (fresh && scrollY > 200) scrollTo({ top: 0 });
}

const place = ({ valence, arousal }) =>
  `${valence < -0.2 ? "unpleasant" : valence > 0.2 ? "pleasant" : "between"} and ${arousal < -0.2 ? "calm" : arousal > 0.2 ? "awake" : "even"}`;

function drawBoxes() {
  const { naturalWidth: width, naturalHeight: height } = $("photo");
  if (!width) return void $("photo").addEventListener("load", drawBoxes, { once: true });
  $("faces-hint").textContent = boxes.length > 1 ? `${boxes.length} faces: pick one` : "";
  for (const old of $("frame").querySelectorAll("button")) old.remove();
  $("frame").append(...boxes.map(([x, y, w, h], number) => {
    const button = make("button", {
      type: "button", class: "face", "aria-pressed": String(number === face),
      "aria-label": boxes.length > 1 ? `Face ${number + 1} of ${boxes.length}` : "The face",
      onclick: () => pick(number),
    });
    const percent = { left: x / width, top: y / height, width: w / width, height: h / height };
    for (const [side, share] of Object.entries(percent)) button.style[side] = `${100 * share}%`;
    return button;
  }));
}

function pick(number) {
  if (number === face) return;
  face = number;
  drawBoxes();
  $("frame").querySelectorAll("button")[number].focus();
  answer();
}

function working(busy) {
  $("view-photo").setAttribute("aria-busy", String(busy));
  document.body.classList.toggle("busy", busy);
}

function complain(trouble) {
  working(false);
  const known = trouble instanceof Trouble ? trouble : new Trouble("failed", String(trouble));
  $("trouble-title").textContent = known.title;
  $("trouble-text").textContent = known.message;
  $("trouble").hidden = false;
  $("result").hidden = true;
  $("intro").classList.remove("small");
  drawFace($("trouble-face"), -0.7, -0.4, "sad");
  $("trouble").scrollIntoView({ block: "nearest" });
  delete document.body.dataset.emotion;
}

function announce(text) {
  $("said").textContent = text;
}
