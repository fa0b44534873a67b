// Sends photos one by one, two at a time, each until it has arrived; a tile per file tells how far it is.
// Every file has a key of its own, so that one sent again after a broken answer is still one photo.

const form = document.querySelector("[data-upload]");
const says = form.dataset;
const TOGETHER = 2;
const SILENCE = 20_000; // ms without a byte moving, after which a connection counts as broken
const LONGEST_WAIT = 30_000;
const MOST_BYTES = 50 * 1024 * 1024;
const KINDS = /\.(jpe?g|png|webp|hei[cf])$/i;

const waiting = []; // {file, key, tile, tries}
const open = new Set(); // those without a tile of the server's yet
let sending = 0;
let signedOut = false;

const words = Object.fromEntries(
  [...form.querySelector("[data-words]").content.children].map((one) => [one.dataset.state, one.textContent]),
);
const list = () => document.querySelector("[data-tiles]");
const show = (node, text) => {
  node.hidden = !text;
  node.textContent = text;
};

function key() {
  // randomUUID exists on https and localhost only; a phone may come over plain http in a home network.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function say(photo, state, reason = "") {
  photo.tile.dataset.state = state;
  photo.tile.querySelector(".tile-state").textContent = words[state];
  photo.tile.querySelector("progress").hidden = state !== "sending";
  const reasons = photo.tile.querySelector(".tile-reasons");
  reasons.replaceChildren();
  if (reason) reasons.appendChild(document.createElement("li")).textContent = reason;
}

function preview(photo) {
  const image = new Image(256, 256);
  image.alt = "";
  image.onload = () => URL.revokeObjectURL(image.src);
  image.onerror = () => image.remove(); // HEIC: most browsers cannot show it
  image.src = URL.createObjectURL(photo.file);
  photo.tile.querySelector(".tile-picture").append(image);
}

function refusal(file) {
  if (file.size > MOST_BYTES) return says.tooLarge;
  if (file.size === 0) return says.empty;
  return KINDS.test(file.name) || /^image\/(jpeg|png|webp|hei[cf])$/.test(file.type) ? "" : says.wrongType;
}

function add(files) {
  const room = says.most - document.querySelectorAll("[data-photo]").length - open.size;
  const fine = [...files].filter((file) => !refusal(file));
  const beyond = fine.slice(Math.max(0, room));
  show(form.querySelector("[data-told]"), beyond.length ? `${says.tooMany} ${beyond.map((f) => f.name).join(", ")}` : "");
  for (const file of files) if (!beyond.includes(file)) begin(file);
  go();
}

function begin(file) {
  const tile = form.querySelector("[data-tile]").content.firstElementChild.cloneNode(true);
  const photo = { file, key: key(), tile, tries: 0 };
  tile.querySelector(".tile-name").textContent = tile.querySelector(".tile-name").title = file.name;
  tile.querySelector("button").addEventListener("click", () => leave(photo));
  list().append(tile);
  const reason = refusal(file);
  if (reason) {
    say(photo, "refused", reason);
    photo.dismissed = true; // stays as an answer, takes no place
    kept.add(photo);
    return;
  }
  open.add(photo);
  say(photo, "waiting");
  preview(photo);
  waiting.push(photo);
}

const kept = new Set(); // refused files: their tiles outlive every refresh until they are left out

function leave(photo) {
  photo.request?.abort();
  clearTimeout(photo.timer);
  waiting.splice(0, waiting.length, ...waiting.filter((one) => one !== photo));
  open.delete(photo);
  kept.delete(photo);
  photo.tile.remove();
}

function go() {
  while (!signedOut && sending < TOGETHER && waiting.length) send(waiting.shift());
}

function send(photo) {
  const request = (photo.request = new XMLHttpRequest());
  const body = new FormData();
  let silence;
  const alive = () => {
    clearTimeout(silence);
    silence = setTimeout(() => request.abort(), SILENCE);
  };
  body.append("upload", photo.key);
  body.append("photo", photo.file, photo.file.name);
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json");
  request.setRequestHeader("X-CSRFToken", token());
  request.upload.onprogress = (event) => {
    alive();
    photo.tile.querySelector("progress").value = (100 * event.loaded) / event.total;
  };
  request.onloadend = () => {
    clearTimeout(silence);
    sending -= 1;
    if (open.has(photo)) ended(photo, request);
    go();
  };
  sending += 1;
  say(photo, "sending");
  alive();
  request.send(body);
}

function token() {
  // Signing in again in another tab gives a new one, in the cookie first.
  const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
  return cookie ? cookie[1] : form.querySelector("[name=csrfmiddlewaretoken]").value;
}

function ended(photo, request) {
  const answer = read(request);
  if (request.status === 201) {
    photo.id = answer.photo;
    say(photo, "checking");
    refresh();
  } else if (request.status === 401) {
    signedOut = true;
    waiting.unshift(photo);
    say(photo, "waiting");
    form.querySelector("[data-signed-out]").hidden = false;
  } else if (request.status === 0 || request.status >= 500 || request.status === 429) {
    again(photo);
  } else {
    open.delete(photo);
    kept.add(photo);
    say(photo, "refused", answer.error ?? says.failed);
  }
}

function read(request) {
  try {
    return JSON.parse(request.responseText);
  } catch {
    return {};
  }
}

function again(photo) {
  say(photo, "broken", navigator.onLine ? says.broken : says.offline);
  const wait = Math.min(1000 * 2 ** photo.tries, LONGEST_WAIT);
  photo.tries += 1;
  photo.timer = setTimeout(() => retry(photo), wait);
}

function retry(photo) {
  clearTimeout(photo.timer);
  photo.timer = undefined;
  waiting.push(photo);
  go();
}

addEventListener("online", () => {
  for (const photo of open) if (photo.timer) retry(photo);
});

// Back from signing in: send what waits.
addEventListener("focus", () => {
  if (!signedOut) return;
  signedOut = false;
  form.querySelector("[data-signed-out]").hidden = true;
  refresh();
  go();
});

addEventListener("beforeunload", (event) => {
  if ([...open].some((photo) => !photo.id)) event.preventDefault();
});

// News from the server

const refresh = () => htmx.trigger("#photos", "refresh");

function settle() {
  for (const photo of open) {
    if (photo.id && document.querySelector(`[data-photo="${photo.id}"]`)) leave(photo);
    else list().append(photo.tile);
  }
  for (const photo of kept) list().append(photo.tile);
  const summary = document.querySelector("[data-summary]");
  const status = form.querySelector("[data-status]");
  if (summary && status.textContent !== summary.textContent) status.textContent = summary.textContent;
}

document.addEventListener("htmx:afterSwap", settle);
document.addEventListener("htmx:beforeRequest", (event) => {
  // Nobody looks: do not ask. The next tick after coming back does.
  if (document.hidden && event.detail.requestConfig.verb === "get") event.preventDefault();
});
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status !== 401) return;
  form.querySelector("[data-signed-out]").hidden = false;
  signedOut = true;
});

// Files from the picker, the camera, and the desktop

form.querySelector("[data-plain]").hidden = true;
form.addEventListener("submit", (event) => event.preventDefault());
for (const input of form.querySelectorAll("[data-pick]")) {
  input.addEventListener("change", () => {
    add(input.files);
    input.value = "";
  });
}

const zone = form.querySelector(".dropzone");
const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
document.addEventListener("dragover", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  zone.dataset.over = "";
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) delete zone.dataset.over;
});
document.addEventListener("drop", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  delete zone.dataset.over;
  add(event.dataTransfer.files);
});
