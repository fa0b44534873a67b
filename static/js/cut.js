// The square of an own picture, drawn by pointer, keys or slider. Only its numbers are sent with the file.

const form = document.querySelector("[data-cut]");
const part = (name) => form.querySelector(`[data-${name}]`);
const [stage, picture, square, size, now, unseen] = ["stage", "picture", "square", "size", "now", "unseen"].map(part);
const file = form.elements.picture;
const STEP = 0.02; // of the picture's width, for one press of a key

let tall = 1; // height as a share of the width
let least = 0;
let cut = null; // left, top and side, as shares of the width

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const largest = () => Math.min(1, tall);

function draw(left, top, side) {
  side = clamp(side, least, largest());
  cut = { left: clamp(left, 0, 1 - side), top: clamp(top, 0, tall - side), side };
  for (const [name, share] of Object.entries(cut)) form.elements[name].value = share.toFixed(5);
  square.style.left = `${100 * cut.left}%`;
  square.style.top = `${(100 * cut.top) / tall}%`;
  square.style.width = `${100 * side}%`;
  size.value = largest() > least ? (100 * (side - least)) / (largest() - least) : 100;
  const words = { left: cut.left, top: cut.top / tall, side };
  now.textContent = now.dataset.words.replace(/\{(\w+)\}/g, (_, name) => Math.round(100 * words[name]));
}

// Larger and smaller around the middle.
function resize(side) {
  const change = (cut.side - clamp(side, least, largest())) / 2;
  draw(cut.left + change, cut.top + change, side);
}

function forget() {
  cut = null;
  for (const name of ["left", "top", "side"]) form.elements[name].value = "";
  stage.hidden = unseen.hidden = true;
}

file.addEventListener("change", () => {
  forget();
  URL.revokeObjectURL(picture.src);
  if (file.files.length) picture.src = URL.createObjectURL(file.files[0]);
});

picture.addEventListener("load", () => {
  tall = picture.naturalHeight / picture.naturalWidth;
  // The server keeps at most 2000 pixels a side.
  const kept = Math.min(1, 2000 / Math.max(picture.naturalWidth, picture.naturalHeight));
  least = Math.min(largest(), Number(form.dataset.least) / (kept * picture.naturalWidth));
  stage.hidden = false;
  draw((1 - largest()) / 2, (tall - largest()) / 2, largest());
});

picture.addEventListener("error", () => {
  unseen.hidden = !file.files.length;
});

size.addEventListener("input", () => resize(least + (Number(size.value) / 100) * (largest() - least)));

square.addEventListener("keydown", (event) => {
  const moves = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };
  const sizes = { "+": 2 * STEP, "=": 2 * STEP, "-": -2 * STEP };
  if (event.key in moves) draw(cut.left + moves[event.key][0], cut.top + moves[event.key][1], cut.side);
  else if (event.key in sizes) resize(cut.side + sizes[event.key]);
  else return;
  event.preventDefault();
});

let held = null;
square.addEventListener("pointerdown", (event) => {
  square.setPointerCapture(event.pointerId);
  held = { x: event.clientX, y: event.clientY, ...cut };
});
square.addEventListener("pointermove", (event) => {
  if (!held) return;
  const across = picture.clientWidth;
  draw(held.left + (event.clientX - held.x) / across, held.top + (event.clientY - held.y) / across, held.side);
});
for (const end of ["pointerup", "pointercancel"]) square.addEventListener(end, () => { held = null; });
