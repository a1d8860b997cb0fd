// The HTTP interface of moodpi, and its errors in words for the page.

const MAX_SIDE = 1600;
const MAX_UNSCALED_BYTES = 1.5e6;
const MAX_UPLOAD_BYTES = 10e6;
const JPEG_QUALITY = 0.92;
const MAX_ATTEMPTS = 3;
// From a proxy that does not reach moodpi.
const GATEWAY_ERRORS = [502, 503, 504];

// Title and text by error code; without a text the message of the server is shown.
const ERRORS = {
  no_face: ["No face found", "Use a photo of a face that looks at the camera, in better light."],
  not_an_image: ["This is not a photo", "JPEG, PNG, WebP, BMP and TIFF are supported."],
  heic: ["This HEIC or AVIF photo is not supported"],
  undecodable: ["This photo is damaged", "Send it again, or try another one."],
  too_large: ["This file is too large", "Photos can have up to 10 MB."],
  too_many_pixels: ["This photo is too large", "Photos can have up to 40 megapixels."],
  empty_upload: ["This file is empty", "Try another photo."],
  bad_request: ["Not accepted"],
  no_webcam: ["No picture from the camera", "Allow this page to use it, or choose a photo."],
  busy: ["moodpi is busy", "Try again in a moment."],
  too_many_attempts: ["Too many wrong tokens", "Wait a minute, then reload the page."],
  no_token: ["Signed out", "Reload the page to sign in."],
  not_now: ["Not possible now"],
  not_private: ["Not shown here"],
  wrong_link: ["This link has ended"],
  no_daemon: ["moodpi is not running"],
  unreachable: ["No response from moodpi", "Check that it is running and that this device is on its network."],
};

export class ApiError extends Error {
  constructor(code, message = "") {
    const [title, text] = ERRORS[code] ?? ["Something went wrong"];
    super(text ?? message);
    this.title = title;
    this.code = code;
  }

  get sentences() {
    return [this.title, this.message].filter(Boolean).map(sentence).join(" ");
  }
}

export const capitalized = (text) => text[0].toUpperCase() + text.slice(1);

export const sentence = (text) => capitalized(text).replace(/\.?$/, ".");

// The photo to upload: upright, scaled down, and as a new JPEG without its EXIF data if it is large.
export async function prepareUpload(file) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    // The browser cannot decode it: upload it as it is, the server may, or explains the problem.
    if (file.size > MAX_UPLOAD_BYTES) throw new ApiError("too_large");
    return file;
  }
  const { width, height } = bitmap;
  const scale = Math.min(1, MAX_SIDE / Math.max(width, height));
  if (scale === 1 && file.size < MAX_UNSCALED_BYTES) return bitmap.close(), file;
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return new Promise((resolve) => canvas.toBlob((blob) => resolve(blob ?? file), "image/jpeg", JPEG_QUALITY));
}

async function request(path, options) {
  return (await respond(path, options)).json().catch(() => ({}));
}

// The response, if its status is not an error.
async function respond(path, options) {
  for (let attempt = 1; ; attempt++) {
    let response;
    try {
      response = await fetch(path, options);
    } catch {
      throw new ApiError("unreachable");
    }
    if (response.ok) return response;
    if (GATEWAY_ERRORS.includes(response.status)) throw new ApiError("unreachable");
    const body = await response.json().catch(() => ({}));
    if (body.code !== "busy" || attempt === MAX_ATTEMPTS) throw new ApiError(body.code, body.error);
    await new Promise((resolve) => setTimeout(resolve, 1000 * (response.headers.get("Retry-After") ?? 1)));
  }
}

export function postPhoto(path, photo, options, signal) {
  const headers = { "Content-Type": photo.type || "application/octet-stream" };
  return request(`${path}?${new URLSearchParams(options)}`, { method: "POST", body: photo, headers, signal });
}

export function postForLines(path, photo, options) {
  const headers = { "Content-Type": photo.type || "application/octet-stream" };
  return lines(`${path}?${new URLSearchParams(options)}`, { method: "POST", body: photo, headers });
}

export const streamPreview = (token) => lines("api/preview", jsonPost({ token }));

// The documents of a response in JSON lines, each as soon as it arrives.
async function* lines(path, options) {
  const response = await respond(path, options);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read().catch(() => { throw new ApiError("unreachable"); });
    if (done) return;
    text += value;
    const complete = text.split("\n");
    text = complete.pop();
    for (const line of complete) yield JSON.parse(line);
  }
}

function jsonPost(body) {
  const headers = { "Content-Type": "application/json" };
  return { method: "POST", headers, body: JSON.stringify(body) };
}

const postJson = (path, body) => request(path, jsonPost(body));

export const sendFeedback = (verdict, track) => postJson("api/feedback", { verdict, track });

export const sendCommand = (command) => postJson("api/command", command);

export const fetchStatus = () => request("api/status");
