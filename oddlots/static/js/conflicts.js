// Conflicts by key: j and k go on, a number chooses, Ctrl+Enter sends what was written.
"use strict";

(() => {
  const conflicts = document.querySelector("[data-conflicts]");
  if (!conflicts) return;
  const rows = [...conflicts.querySelectorAll("[data-conflict]")];

  const focusOn = (row) => {
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };

  const target = document.getElementById(window.location.hash.slice(1));
  if (target && rows.includes(target)) focusOn(target);

  document.addEventListener("keydown", (event) => {
    const here = event.target instanceof Element && event.target.closest("[data-conflict]");
    if (desk.isComposing(event)) return;
    if (here && event.target.matches("textarea")) {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        event.target.form.requestSubmit(here.querySelector("button[value=write]"));
      } else if (event.key === "Escape") {
        focusOn(here);
      }
      return;
    }
    if (desk.isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "j" || event.key === "k") {
      const next = rows[here ? rows.indexOf(here) + (event.key === "j" ? 1 : -1) : 0];
      if (next) focusOn(next);
      event.preventDefault();
    } else if (here && /^[1-4]$/.test(event.key)) {
      const chosen = here.querySelector(`[data-key="${event.key}"]`);
      if (!chosen) return;
      event.preventDefault();
      if (chosen.matches("summary")) {
        chosen.parentElement.open = true;
        here.querySelector("textarea").focus();
      } else {
        chosen.click();
      }
    }
  });
})();
