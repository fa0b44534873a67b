// Arrow keys leaf through the gallery; inside a field they stay the field's own.

const ways = { ArrowLeft: "prev", ArrowRight: "next" };

document.addEventListener("keydown", (event) => {
  const way = ways[event.key];
  if (!way || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.target.closest("input, select, textarea")) return;
  document.querySelector(`a[rel="${way}"][href]`)?.click();
});
