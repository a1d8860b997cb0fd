// Boots the page and switches its views by the address's fragment.

import { status } from "./api.js";
import { compare } from "./compare.js";
import { drawCrowd, drawFace } from "./draw.js";
import { hush, listen, start as startLive } from "./live.js";
import { start } from "./photo.js";

const VIEWS = ["photo", "live", "compare"];
drawFace(document.getElementById("mark"), 0.7, 0.3);
drawCrowd(document.getElementById("crowd"));
const state = await status();
start(state);
startLive(state);

function view() {
  const wanted = location.hash.slice(1);
  const name = VIEWS.includes(wanted) ? wanted : "photo";
  for (const other of VIEWS) document.getElementById(`view-${other}`).hidden = other !== name;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === `#${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (name === "compare") compare(state);
  if (name === "live") listen();
  else hush();
}

addEventListener("hashchange", view);
view();
document.body.classList.add("ready");
