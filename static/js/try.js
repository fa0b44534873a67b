// Shows the selfie that was chosen, dropped or taken, and that the form is on its way.

const inputs = () => document.querySelectorAll("[data-selfie] input");

function show(file) {
  const chosen = document.querySelector("[data-chosen]");
  const image = new Image(256, 256);
  image.alt = "";
  image.onload = () => URL.revokeObjectURL(image.src);
  image.onerror = () => image.remove(); // HEIC: most browsers cannot show it
  image.src = URL.createObjectURL(file);
  chosen.querySelector(".tile-picture").replaceChildren(image);
  chosen.querySelector(".tile-name").textContent = file.name;
  chosen.hidden = false;
}

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-selfie] input") || !event.target.files.length) return;
  for (const other of inputs()) if (other !== event.target) other.value = ""; // the later choice counts
  show(event.target.files[0]);
});

for (const name of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    const zone = event.target.closest?.("[data-selfie] .dropzone");
    if (zone) zone.toggleAttribute("data-over", name === "dragover");
  });
}

document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-send]")) event.target.querySelector("button").setAttribute("aria-busy", "true");
});
