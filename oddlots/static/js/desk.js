// The desk with a script: turns open and are saved in place, keys move between them, and what was
// typed is not left by accident. Without it every one of these is a plain form or link.
"use strict";

(() => {
  const turns = document.querySelector("[data-turns]");
  const changed = new Set();
  let composing = false;

  const isTyping = (target) =>
    target instanceof Element && target.closest("input, textarea, select, [contenteditable]");

  const csrfToken = () => {
    const match = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    return match ? decodeURIComponent(match[1]) : "";
  };

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
    if (!event.defaultPrevented && !(turns && form.matches(".turn-form"))) changed.delete(form);
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

  // --- conflicts: j and k go on, a number chooses -------------------------------------------------

  const conflicts = document.querySelector("[data-conflicts]");
  if (conflicts) {
    const rows = [...conflicts.querySelectorAll("[data-conflict]")];
    const focusOn = (row) => {
      row.focus({ preventScroll: true });
      row.scrollIntoView({ block: "nearest" });
    };
    const target = document.getElementById(window.location.hash.slice(1));
    if (target && rows.includes(target)) focusOn(target);

    document.addEventListener("keydown", (event) => {
      const here = event.target instanceof Element && event.target.closest("[data-conflict]");
      if (event.isComposing || composing || event.keyCode === 229) return;
      if (here && event.target.matches("textarea")) {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          event.target.form.requestSubmit(here.querySelector("button[value=write]"));
        } else if (event.key === "Escape") {
          focusOn(here);
        }
        return;
      }
      if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
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
  }

  if (!turns) return;

  // --- one turn --------------------------------------------------------------------------------

  const addressOf = (uid) => turns.dataset.url.replace("UID", uid);

  const replace = (element, html) => {
    const holder = document.createElement("template");
    holder.innerHTML = html.trim();
    const fresh = holder.content.firstElementChild;
    changed.delete(element);
    element.replaceWith(fresh);
    if ("changed" in fresh.dataset) changed.add(fresh);
    return fresh;
  };

  const tell = (form, text, login) => {
    let message = form.querySelector(".message");
    if (!message) {
      message = document.createElement("div");
      message.className = "message warning";
      message.setAttribute("role", "alert");
      form.append(message);
    }
    message.textContent = text + " ";
    if (login) {
      const link = document.createElement("a");
      link.href = login;
      link.target = "_blank";
      link.rel = "noopener";
      link.textContent = turns.dataset.login;
      message.append(link);
    }
  };

  const ask = (address, options = {}) => fetch(address, {
    ...options,
    redirect: "manual",
    credentials: "same-origin",
    headers: { "X-Requested-With": "desk", ...(options.headers || {}) },
  });

  const open = async (row) => {
    const address = addressOf(row.dataset.uid);
    try {
      const answer = await ask(address);
      if (!answer.ok) throw new Error(String(answer.status));
      const form = replace(row, (await answer.json()).html);
      const text = form.querySelector("textarea[name=text]");
      text.focus();
      text.setSelectionRange(0, 0);
    } catch {
      window.location.assign(`?edit=${row.dataset.uid}#${row.dataset.uid}`);
    }
  };

  const close = async (form) => {
    if (changed.has(form) && !window.confirm(turns.dataset.leave)) return;
    try {
      const answer = await ask(`${addressOf(form.dataset.uid)}?close`);
      if (!answer.ok) throw new Error(String(answer.status));
      const row = replace(form, (await answer.json()).html);
      go(row);
    } catch {
      changed.delete(form);
      window.location.assign(`?#${form.dataset.uid}`);
    }
  };

  const save = async (form) => {
    if (form.getAttribute("aria-busy") === "true") return;
    form.setAttribute("aria-busy", "true");
    let answer;
    try {
      answer = await ask(form.action, {
        method: "POST",
        headers: { "X-CSRFToken": csrfToken() },
        body: new FormData(form),
      });
    } catch {
      form.removeAttribute("aria-busy");
      tell(form, turns.dataset.offline);
      return;
    }
    form.removeAttribute("aria-busy");
    let data = null;
    try {
      data = await answer.json();
    } catch {
      data = null;
    }
    if (answer.status === 401 && data) {
      tell(form, data.message, data.login);
    } else if ([200, 409, 422].includes(answer.status) && data) {
      const fresh = replace(form, data.html);
      if (answer.status === 200) {
        go(fresh);
      } else {
        changed.add(fresh);
        (fresh.querySelector(".errorlist, .warning") || fresh).scrollIntoView({ block: "center" });
        fresh.querySelector("textarea[name=text]").focus({ preventScroll: true });
      }
    } else {
      tell(form, turns.dataset.failed);
      changed.delete(form);
      form.elements.csrfmiddlewaretoken.value = csrfToken();
      form.submit();
    }
  };

  // --- moving between turns --------------------------------------------------------------------

  const all = () => [...turns.querySelectorAll("[data-uid]")];
  let here = null;

  const go = (row) => {
    if (here) here.classList.remove("here");
    here = row;
    row.classList.add("here");
    const link = row.querySelector(".edit, .number");
    if (link) link.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };

  const current = () => {
    if (here && here.isConnected) return here;
    const target = window.location.hash && document.getElementById(window.location.hash.slice(1));
    if (target && target.matches("[data-uid]")) return target;
    return all().find((row) => row.getBoundingClientRect().bottom > 120) || null;
  };

  const step = (by) => {
    const rows = all();
    const from = current();
    const at = here && here.isConnected ? rows.indexOf(from) + by : rows.indexOf(from);
    if (rows[at]) go(rows[at]);
  };

  const toFinding = (by) => {
    const rows = all();
    let at = rows.indexOf(current());
    if (!(here && here.isConnected)) at -= by > 0 ? 1 : 0;
    do at += by; while (rows[at] && !rows[at].querySelector("[data-finding]"));
    if (rows[at]) go(rows[at]);
  };

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || composing || event.keyCode === 229) return;
    const form = event.target instanceof Element && event.target.closest(".turn-form");
    if (form && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      save(form);
      return;
    }
    if (form && event.key === "Escape") {
      event.preventDefault();
      close(form);
      return;
    }
    if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "j" || event.key === "k") {
      event.preventDefault();
      step(event.key === "j" ? 1 : -1);
    } else if (event.key === "n" || event.key === "p") {
      event.preventDefault();
      toFinding(event.key === "n" ? 1 : -1);
    } else if (event.key === "e") {
      const row = current();
      if (row && row.matches("article.turn") && row.querySelector(".edit")) {
        event.preventDefault();
        open(row);
      }
    }
  });

  turns.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const edit = event.target.closest("article.turn .edit");
    const leave = event.target.closest(".turn-form .close");
    if (edit) {
      event.preventDefault();
      open(edit.closest(".turn"));
    } else if (leave) {
      event.preventDefault();
      close(leave.closest(".turn-form"));
    }
  });

  turns.addEventListener("submit", (event) => {
    const form = event.target.closest(".turn-form");
    if (!form) return;
    event.preventDefault();
    if (!composing) save(form);
  });
})();
