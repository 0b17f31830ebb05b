// The keys of the workbench, the bar at its foot, and the recording.
"use strict";

(() => {
  const turns = document.querySelector("[data-turns]");
  const bar = document.querySelector("[data-bar]");
  const help = document.querySelector("dialog[data-keys]");
  const audio = bar.querySelector("audio");
  const { acts, forms, rows } = desk;

  // --- the recording ---------------------------------------------------------------------------------

  const play = (row) => {
    const link = row && row.querySelector(".play");
    if (!link) return;
    if (!audio) {
      link.click(); // opens the recording's own page at that moment
    } else if (!audio.paused && row.classList.contains("playing")) {
      audio.pause();
    } else {
      audio.currentTime = Number(link.dataset.play) / 1000;
      audio.play().catch(() => rows.say(turns.dataset.silent));
    }
  };

  const follow = () => {
    const at = audio.currentTime * 1000 + 50;
    const heard = [...turns.querySelectorAll(".play")].filter((each) => Number(each.dataset.play) <= at);
    const now = heard.length ? heard[heard.length - 1].closest(".turn") : null;
    for (const each of turns.querySelectorAll(".playing")) {
      if (each !== now) each.classList.remove("playing");
    }
    if (now) now.classList.add("playing");
  };

  if (audio) {
    for (const name of ["seeked", "timeupdate", "play"]) audio.addEventListener(name, follow);
    turns.addEventListener("click", (event) => {
      const link = event.target.closest(".play");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      play(link.closest(".turn"));
    });
  }

  // --- keys ------------------------------------------------------------------------------------------

  const edit = () => {
    const row = rows.current();
    const finding = rows.currentFinding();
    if (finding && !finding.closest("[data-uid]")) {
      finding.querySelector(".finding-place")?.click();
    } else if (row && row.querySelector(".edit")) {
      forms.open(row, finding && row.contains(finding) ? finding.dataset : null);
    }
  };

  const read = () => {
    const row = rows.current();
    if (row) acts.read(row);
  };

  const DO = {
    j: () => rows.step(1),
    k: () => rows.step(-1),
    n: () => rows.stepFinding(1),
    p: () => rows.stepFinding(-1),
    m: () => acts.chosen(acts.mend),
    x: () => acts.chosen(acts.putAway),
    u: () => acts.undo(),
    e: edit,
    r: read,
    ".": () => play(rows.current()),
    "?": () => help.showModal(),
  };

  const inForm = (form, event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      forms.save(form, event.shiftKey);
    } else if (event.key === "Escape") {
      event.preventDefault();
      forms.close(form);
    }
  };

  document.addEventListener("keydown", (event) => {
    if (desk.isComposing(event) || document.querySelector("dialog[open]")) return;
    const form = event.target instanceof Element && event.target.closest(".turn-form");
    const isSaving = event.key === "Escape" || (event.key === "Enter" && (event.ctrlKey || event.metaKey));
    if (form && isSaving) {
      inForm(form, event);
      return;
    }
    if (desk.isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!Object.hasOwn(DO, event.key)) return;
    event.preventDefault();
    DO[event.key]();
  });

  bar.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (button) DO[button.dataset.do]();
  });

  // A finding or a turn that is clicked is the current one.
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || event.target.closest("a, button, input, textarea, select")) return;
    const row = event.target.closest("[data-uid]");
    if (row) rows.mark(row, event.target.closest("[data-finding]"));
  });

  // --- where the page opens: at the first turn that nobody has read --------------------------------------

  const left = document.querySelector("[data-left]");
  const asked = new URLSearchParams(window.location.search);
  const isPlain = !window.location.hash && !["edit", "saved", "chapter"].some((name) => asked.has(name));
  if (left && isPlain) {
    const row = document.getElementById(left.hash.slice(1));
    if (row && row !== rows.all()[0]) rows.go(row, "start");
  }
})();
