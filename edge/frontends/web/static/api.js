// Asking moodpi, and what its refusals mean to a guest.

const LONGEST_SIDE = 1600;
const SENT_AS_IT_IS = 1.5e6;
const MOST_BYTES = 10e6;
const ATTEMPTS = 3;

const TROUBLE = {
  no_face: ["I can’t find a face", "Try a photo where someone looks at the camera, with more light or from closer."],
  not_an_image: ["That is not a photo", "I can read JPEG, PNG, WebP, BMP and TIFF pictures."],
  heic: ["This is a HEIC photo", "I can’t read those. On an iPhone, choose Settings, Camera, Formats, Most Compatible, or send a screenshot of it."],
  undecodable: ["This photo is damaged", "It ends too early or can’t be read. Try sending it again, or another one."],
  too_large: ["That file is too large", "I take photos of up to 10 MB. A smaller copy will do just as well."],
  too_many_pixels: ["That photo is too large", "I take photos of up to 40 megapixels. A smaller copy will do just as well."],
  empty: ["That file is empty", "Try another photo."],
  busy: ["A bit much at once", "Many photos came together. Try again in a moment."],
  no_token: ["Please log in again", "Reload the page to do so."],
  not_now: ["Not now", "There is no mood yet to find music for."],
  no_daemon: ["moodpi is asleep", "It does not run here at the moment."],
  away: ["moodpi does not answer", "Is it still running, and are you on its network?"],
};

export class Trouble extends Error {
  constructor(code, message = "") {
    const [title, text] = TROUBLE[code] ?? ["That did not work", message];
    super(text);
    this.title = title;
    this.code = code;
  }
}

// The picture to send: upright, small enough, without where and when it was taken.
export async function prepared(file) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    // Not for this browser: moodpi says what is wrong with it, or knows the kind.
    if (file.size > MOST_BYTES) throw new Trouble("too_large");
    return file;
  }
  const { width, height } = bitmap;
  const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
  if (scale === 1 && file.size < SENT_AS_IT_IS) return bitmap.close(), file;
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return new Promise((done) => canvas.toBlob((blob) => done(blob ?? file), "image/jpeg", 0.92));
}

async function ask(path, options) {
  for (let attempt = 1; ; attempt++) {
    let answer;
    try {
      answer = await fetch(path, options);
    } catch {
      throw new Trouble("away");
    }
    const body = await answer.json().catch(() => ({}));
    if (answer.ok) return { body, times: times(answer.headers.get("Server-Timing")) };
    if (answer.status !== 429 || attempt === ATTEMPTS) throw new Trouble(body.code, body.error);
    await new Promise((done) => setTimeout(done, 1000 * (answer.headers.get("Retry-After") ?? 1)));
  }
}

export function post(path, picture, wish, signal) {
  const headers = { "Content-Type": picture.type || "application/octet-stream" };
  return ask(`${path}?${new URLSearchParams(wish)}`, { method: "POST", body: picture, headers, signal });
}

function send(path, body) {
  const headers = { "Content-Type": "application/json" };
  return ask(path, { method: "POST", headers, body: JSON.stringify(body) });
}

export const say = (verdict, track) => send("/api/feedback", { verdict, track });

export const tell = (command) => send("/api/command", command);

export async function status() {
  return (await ask("/api/status")).body;
}

// "decode;dur=1.5, faces;dur=20" as milliseconds by name.
function times(header) {
  return Object.fromEntries((header ?? "").split(", ").map((part) => {
    const [name, duration] = part.split(";dur=");
    return [name, Number(duration)];
  }));
}
