// Small comforts on top of pages that are whole without them.
(() => {
  "use strict";

  const status = document.querySelector("[data-copied]");
  const turns = document.querySelectorAll(".turn");

  // A turn's link: copy its address, besides going there.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.at");
    if (!link || !status || !navigator.clipboard) return;
    const address = new URL(link.getAttribute("href"), location.origin + location.pathname);
    navigator.clipboard.writeText(address.href).then(() => {
      status.textContent = status.dataset.copied;
      setTimeout(() => (status.textContent = ""), 2000);
    }, () => {});
  });

  // Another way to read, or the other language: stay with the turn that is being read.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-keep-place]");
    if (!link || !turns.length || scrollY < 200) return;
    const turn = [...turns].find((one) => one.getBoundingClientRect().bottom > 80);
    if (turn) link.hash = turn.id;
  });

  // A note at the foot of the window, where it cannot stand beside its term: not over the term.
  if (!CSS.supports("position-area: block-end")) {
    document.addEventListener("toggle", (event) => {
      const note = event.target;
      if (event.newState !== "open" || !note.matches(".note")) return;
      const term = document.querySelector(`[popovertarget="${note.id}"]`);
      const covered = term.getBoundingClientRect().bottom + 16 - note.getBoundingClientRect().top;
      if (covered > 0) scrollBy(0, covered);
    }, true);
  }

  // The chapter that is being read, in the list of chapters.
  const chapters = new Map();
  for (const link of document.querySelectorAll(".toc a")) {
    const section = document.getElementById(link.hash.slice(1))?.closest(".chapter");
    if (section) chapters.set(section, link);
  }
  if (chapters.size && "IntersectionObserver" in window) {
    const inView = new Set();
    const observer = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        if (entry.isIntersecting) inView.add(entry.target);
        else inView.delete(entry.target);
      }
      const now = [...chapters.keys()].find((section) => inView.has(section));
      for (const [section, link] of chapters) {
        if (section === now) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
    }, { rootMargin: "0px 0px -75% 0px" });
    for (const section of chapters.keys()) observer.observe(section);
  }
})();
