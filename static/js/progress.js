// The tab's title says how far it is, and no hidden tab asks the server.

const own = document.title;

document.body.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden) event.preventDefault();
});
document.body.addEventListener("htmx:afterSettle", () => {
  const progress = document.getElementById("progress");
  document.title = progress ? `${progress.dataset.title} · ${own}` : own;
});
