// Who edits this episode: said while a form is open here, asked while it is not. Without a script a
// save says it, and the banner is that of when the page was made.
"use strict";

(() => {
  const place = document.querySelector("[data-claim]");
  if (!place || !place.dataset.claim) return;
  const address = place.dataset.claim;
  const EVERY = 60000;
  let editing = false;
  let asked = 0;

  const csrfToken = () => {
    const match = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    return match ? decodeURIComponent(match[1]) : "";
  };

  const saying = (what) => {
    const data = new FormData();
    data.append("csrfmiddlewaretoken", csrfToken());
    if (what) data.append(what, "1");
    return data;
  };

  const show = (html) => {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    if (place.textContent.trim() !== holder.content.textContent.trim()) {
      place.replaceChildren(holder.content);
    }
  };

  const beat = async () => {
    if (document.visibilityState !== "visible") return;
    asked = Date.now();
    try {
      const answer = await fetch(address, {
        method: "POST",
        redirect: "manual",
        credentials: "same-origin",
        headers: { "X-Requested-With": "desk" },
        body: saying(editing ? "editing" : ""),
      });
      if (answer.ok) show((await answer.json()).html);
    } catch {
      asked = 0; // the desk does not answer: asked again with the next beat
    }
  };

  const begin = () => {
    if (editing) return;
    editing = true;
    beat();
  };

  document.addEventListener("focusin", (event) => {
    if (event.target instanceof Element && event.target.closest(".turn-form, .chapter-form")) begin();
  });
  if (document.querySelector(".turn-form, .chapter-form")) begin();

  window.setInterval(beat, EVERY);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && Date.now() - asked > EVERY) beat();
  });
  window.addEventListener("pagehide", () => {
    if (editing) navigator.sendBeacon(address, saying("release"));
    editing = false;
  });
})();
