// A batch's page while it is at work: its progress is fetched again and again; when it has ended the
// page is opened anew. Without a script the page does that by itself.
"use strict";

(() => {
  const PAUSE = 2000;

  const look = async () => {
    const section = document.querySelector("[data-progress]");
    if (!section) return;
    let page = null;
    try {
      const answer = await fetch(location.href, { credentials: "same-origin" });
      if (answer.ok) page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      // the desk does not answer just now: asked again after the next pause
    }
    const fresh = page && page.querySelector("[data-progress]");
    if (page && !fresh) {
      location.reload();
      return;
    }
    if (fresh && !section.contains(document.activeElement)) section.replaceWith(fresh);
    setTimeout(look, PAUSE);
  };

  setTimeout(look, PAUSE);
})();
