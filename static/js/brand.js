// The colour field and its digits say the same, and the drawings of the framing stand before it.

const picker = document.querySelector("[data-colour]");
const digits = document.getElementById("id_backdrop");

function show(colour) {
  for (const wall of document.querySelectorAll("[data-backdrop]")) wall.setAttribute("fill", colour);
}

picker.addEventListener("input", () => show((digits.value = picker.value)));
digits.addEventListener("input", () => {
  const colour = `#${digits.value.replace("#", "")}`;
  if (/^#[0-9a-f]{6}$/i.test(colour)) show((picker.value = colour));
});
