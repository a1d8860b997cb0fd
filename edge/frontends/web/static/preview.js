// Shows the camera's pictures. The token is in the fragment of the link, which browsers do not send.

import { streamPreview } from "./api.js";

const token = location.hash.slice(1);
const state = document.getElementById("state");
const picture = document.getElementById("picture");
const AGAIN = "Run moodpi look --preview for a new link.";
history.replaceState(null, "", "preview");
state.textContent = await show().catch((error) => `${error.title}. ${error.message}`);
picture.hidden = true;
picture.removeAttribute("src");

// Shows the pictures until the end; the text to show then.
async function show() {
  if (!token) return `This link was opened. ${AGAIN}`;
  // Without HTTPS others on the network could read the token.
  if (!isSecureContext) return "The camera is shown over HTTPS or on the Pi itself only.";
  for await (const { jpeg, seconds } of streamPreview(token)) {
    picture.hidden = !jpeg;
    if (jpeg) picture.src = `data:image/jpeg;base64,${jpeg}`;
    const left = `ends in ${Math.ceil(seconds)} s`;
    state.textContent = jpeg ? `The preview ${left}` : `No picture from the camera; ${left}`;
  }
  return `The preview has ended. ${AGAIN}`;
}
