// The compare view: one table with the answer of every installed model file to the same face.

import { postForLines } from "./api.js";
import { ADJECTIVES, element } from "./draw.js";
import { photo } from "./photo.js";

const $ = (id) => document.getElementById(id);
const COLUMNS = ["Model", "Answer", "Accuracy", "Size", "Time"];
const CAPTION = "Accuracy: on the 3,311 faces of FER2013's PublicTest that are not in the training data. Time: for one face on this machine.";
let compared = {};

export async function showComparison({ defaults }) {
  if (!photo.file) {
    $("compare-lead").replaceChildren("Choose a photo first: ", element("a", { href: "#photo" }, "open Photo"), ".");
    return;
  }
  if (compared.file === photo.file && compared.face === photo.face) return;
  compared = { ...photo };
  $("compare").hidden = true;
  $("compare-lead").textContent = "Finding the face";
  try {
    await compare(compared, defaults);
  } catch (error) {
    compared = {};
    $("compare-lead").textContent = error.sentences ?? `Something went wrong. ${error.message}`;
  }
}

async function compare(chosen, defaults) {
  const body = element("tbody");
  const rows = [];
  let files = 0;
  for await (const line of postForLines("api/compare", chosen.file, { face: chosen.face })) {
    if (compared !== chosen) return; // another face was chosen
    if (line.files) {
      files = line.files;
      const heads = COLUMNS.map((name) => element("th", { scope: "col" }, name));
      $("compare").replaceChildren(element("caption", {}, CAPTION), element("thead", {}, element("tr", {}, ...heads)), body);
      $("compare").hidden = false;
    } else {
      rows.push(line);
      const configured = rows.find((row) => row.model === defaults.model && row.format === defaults.format);
      body.replaceChildren(...rows.map((row) => tableRow(row, (configured ?? rows[0]).face)));
    }
    $("compare-lead").textContent = rows.length < files ? `${rows.length} of ${files}` : summary(rows);
  }
}

function summary(rows) {
  const answers = new Set(rows.filter((row) => row.face).map((row) => row.face.emotion));
  const files = rows.length === 1 ? "One model file" : `${rows.length} model files`;
  if (rows.length === 1) return `${files} is installed. Other installed models appear here.`;
  return answers.size > 1 ? `${files} give ${answers.size} different answers for the same face.` : `${files} agree on the same face.`;
}

// expected: the answer of the configured file, from which a different one is marked.
function tableRow(row, expected) {
  const name = element("th", { scope: "row" }, row.model, element("small", {}, row.format));
  if (row.error) return element("tr", {}, name, element("td", { colspan: COLUMNS.length - 1 }, row.error));
  const { emotion, confidence } = row.face;
  const differs = expected && emotion !== expected.emotion;
  return element("tr", { class: differs ? "differs" : null }, name,
    element("td", {}, element("strong", {}, ADJECTIVES[emotion] ?? emotion), ` ${percent(confidence, 0)}`,
      differs ? element("small", {}, "different") : ""),
    element("td", {}, row.accuracy === null ? "unknown" : percent(row.accuracy, 1)),
    element("td", {}, `${(row.bytes / 1e6).toFixed(1)} MB`),
    element("td", {}, `${row.milliseconds.toFixed(row.milliseconds < 9.95 ? 1 : 0)} ms`));
}

function percent(share, digits) {
  return `${(100 * share).toFixed(digits)}%`;
}
