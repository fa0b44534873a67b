// What every page needs: menus that close, dialogs that open, the viewer's time zone.

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone) document.cookie = `time_zone=${zone}; path=/; max-age=31536000; samesite=lax`;

const menus = () => document.querySelectorAll("details[data-menu][open]");

document.addEventListener("click", (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
  const opener = event.target.closest("[data-open-dialog]");
  if (opener) {
    event.preventDefault(); // it may be a link to the same question on a page of its own
    document.getElementById(opener.dataset.openDialog).showModal();
  }
  // A click on the backdrop is a click on the dialog itself.
  if (event.target.matches("dialog[data-dialog]")) event.target.close();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
