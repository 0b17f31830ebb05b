// Reviewers' notes in place: the form opens at its turn, a note is left, answered or taken back
// without a page being loaded. Without a script each is a plain link or form.
"use strict";

(() => {
  const turns = document.querySelector("[data-turns]");
  if (!turns) return;
  let composing = false;
  document.addEventListener("compositionstart", () => { composing = true; });
  document.addEventListener("compositionend", () => { composing = false; });

  const csrfToken = () => {
    const match = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    return match ? decodeURIComponent(match[1]) : "";
  };

  const replace = (block, html) => {
    const holder = document.createElement("template");
    holder.innerHTML = html.trim();
    const fresh = holder.content.firstElementChild;
    block.replaceWith(fresh);
    return fresh;
  };

  const ask = async (address, options = {}) => {
    const answer = await fetch(address, {
      ...options,
      redirect: "manual",
      credentials: "same-origin",
      headers: { "X-Requested-With": "desk", ...(options.headers || {}) },
    });
    if (![200, 422].includes(answer.status)) throw new Error(String(answer.status));
    return answer.json();
  };

  turns.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const link = event.target instanceof Element && event.target.closest(".note-link");
    if (!link) return;
    event.preventDefault();
    try {
      const data = await ask(link.href);
      replace(link.closest("[data-note]"), data.html).querySelector(".note-new textarea").focus();
    } catch {
      window.location.assign(link.href);
    }
  });

  const send = async (form, submitter) => {
    if (form.getAttribute("aria-busy") === "true") return;
    form.setAttribute("aria-busy", "true");
    const data = new FormData(form);
    if (submitter && submitter.name) data.append(submitter.name, submitter.value);
    try {
      const block = form.closest("[data-note]");
      const answer = await ask(form.action, {
        method: "POST",
        headers: { "X-CSRFToken": csrfToken() },
        body: data,
      });
      const fresh = replace(block, answer.html);
      const next = fresh.querySelector("[role=alert] ~ * textarea, .note-link");
      if (next) next.focus({ preventScroll: true });
    } catch {
      form.removeAttribute("aria-busy");
      const field = form.elements.csrfmiddlewaretoken;
      if (field && csrfToken()) field.value = csrfToken();
      if (submitter && submitter.name) {
        const extra = document.createElement("input");
        Object.assign(extra, { type: "hidden", name: submitter.name, value: submitter.value });
        form.append(extra);
      }
      form.submit(); // in full: what comes back keeps what was typed
    }
  };

  turns.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-note] .note-form");
    if (!form) return;
    event.preventDefault();
    if (!composing) send(form, event.submitter);
  });

  turns.addEventListener("keydown", (event) => {
    const form = event.target instanceof Element && event.target.closest(".note-form");
    if (!form || event.isComposing || composing || event.keyCode === 229) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
})();
