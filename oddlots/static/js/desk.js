// What all pages of the desk share with a script: what was typed is not left by accident, and no key
// does anything while one types. `window.desk` is what the scripts of single pages stand on.
"use strict";

window.desk = (() => {
  const changed = new Set();
  let composing = false;

  const isTyping = (target) =>
    target instanceof Element && target.closest("input, textarea, select, [contenteditable]");

  const csrfToken = () => {
    const match = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    return match ? decodeURIComponent(match[1]) : "";
  };

  // An input method composes: its keys are not ours (229 is what older ones send instead of a key).
  const isComposing = (event) => event.isComposing || composing || event.keyCode === 229;

  // --- warn before what was typed is lost ------------------------------------------------------

  document.addEventListener("compositionstart", () => { composing = true; });
  document.addEventListener("compositionend", () => { composing = false; });

  const watched = (form) =>
    form && (form.matches(".turn-form, [data-warn]") || form.id === "episode_form");

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (watched(form)) changed.add(form);
  });
  for (const form of document.querySelectorAll("[data-changed]")) changed.add(form);

  window.addEventListener("beforeunload", (event) => {
    const open = [...changed].some((form) => form.isConnected);
    if (open) event.preventDefault();
  });

  // A form that is sent in full takes its text along; the token may be newer than the page.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const field = form.querySelector("input[name=csrfmiddlewaretoken]");
    if (field && csrfToken()) field.value = csrfToken();
    if (!event.defaultPrevented) changed.delete(form);
  });

  // --- fields of Markdown: Tab leaves them, files are not dropped into them --------------------

  document.addEventListener("keydown", (event) => {
    const inField = event.target instanceof Element && event.target.matches(".markdownx-editor");
    if (inField && (event.key === "Tab" || event.isComposing || event.ctrlKey || event.metaKey)) {
      event.stopImmediatePropagation();
    }
  }, true);
  for (const name of ["drop", "paste"]) {
    document.addEventListener(name, (event) => {
      const data = event.dataTransfer || event.clipboardData;
      const inField = event.target instanceof Element && event.target.closest(".markdownx");
      if (inField && data && data.files.length) {
        event.preventDefault();
        event.stopImmediatePropagation();
      }
    }, true);
  }

  // --- what select2 leaves without a name ---------------------------------------------------------

  const nameOf = (select) => {
    const label = select.labels && select.labels[0];
    return select.getAttribute("aria-label")
      || (label ? label.textContent.trim().replace(/[:：]$/, "") : "");
  };

  const nameAutocomplete = (select) => {
    const shown = select.nextElementSibling;
    if (!shown || !shown.matches(".select2-container") || "named" in shown.dataset) return;
    shown.dataset.named = "";
    for (const part of shown.querySelectorAll(".select2-selection, .select2-search__field")) {
      part.setAttribute("aria-label", nameOf(select));
      part.removeAttribute("aria-labelledby");
    }
    for (const part of shown.querySelectorAll(".select2-selection__rendered")) {
      if (part.matches("ul")) part.setAttribute("role", "list");
      else ["role", "aria-readonly"].forEach((name) => part.removeAttribute(name));
    }
  };

  const autocompletes = document.querySelectorAll("select.admin-autocomplete");
  if (autocompletes.length) {
    const nameAll = () => autocompletes.forEach(nameAutocomplete);
    new MutationObserver(nameAll).observe(document.body, { childList: true, subtree: true });
    nameAll();
  }

  // --- a proposal: all or none of a kind, where all of it is on the page ---------------------------

  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-tick]");
    const kind = button && button.closest("[data-whole]");
    if (!kind) return;
    event.preventDefault();
    for (const box of kind.querySelectorAll("input[name=take]")) {
      box.checked = button.dataset.tick === "1";
    }
    changed.add(button.form);
  });

  return { changed, csrfToken, isComposing, isTyping };
})();
