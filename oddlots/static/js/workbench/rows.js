// The rows of the page: which one, and which finding, is the current one; what the desk answers is
// put in their place.
"use strict";

(() => {
  const turns = document.querySelector("[data-turns]");
  const bar = document.querySelector("[data-bar]");
  const status = bar.querySelector("[data-say]");
  const undoButton = bar.querySelector("[data-do=u]");
  let here = ""; // the uid of the current turn
  let chosen = ""; // the id of the current finding

  const rows = () => [...turns.querySelectorAll("[data-uid]")];
  const findings = () => [...document.querySelectorAll("[data-finding]")]
    .filter((each) => !each.closest(".checking, .turn-form, [aria-busy=true]"));
  const byId = (id) => (id ? document.getElementById(id) : null);

  const say = (text, undo = false) => {
    status.textContent = text;
    undoButton.hidden = !undo;
  };

  const made = (html) => {
    const holder = document.createElement("template");
    holder.innerHTML = html.trim();
    return holder.content.firstElementChild;
  };

  const replace = (element, html) => {
    const fresh = made(html);
    desk.changed.delete(element);
    element.replaceWith(fresh);
    if ("changed" in fresh.dataset) desk.changed.add(fresh);
    if (fresh.dataset.uid) desk.drafts.label(fresh);
    if (fresh.dataset.uid === here) fresh.classList.add("here");
    return fresh;
  };

  // --- the current turn and finding -------------------------------------------------------------

  const mark = (row, finding = null) => {
    for (const each of document.querySelectorAll(".here")) each.classList.remove("here");
    for (const each of document.querySelectorAll("[data-finding][aria-current]")) {
      each.removeAttribute("aria-current");
    }
    here = row ? row.dataset.uid : "";
    chosen = finding ? finding.id : "";
    if (row) row.classList.add("here");
    if (finding) finding.setAttribute("aria-current", "true");
  };

  const go = (row, block = "nearest") => {
    mark(row);
    const link = row.querySelector(".number, .close");
    if (link) link.focus({ preventScroll: true });
    row.scrollIntoView({ block });
  };

  const goFinding = (finding) => {
    const row = finding.closest("[data-uid]");
    mark(row, finding);
    finding.focus({ preventScroll: true });
    if (row && row.getBoundingClientRect().height < window.innerHeight * 0.6) {
      row.scrollIntoView({ block: "nearest" });
    }
    finding.scrollIntoView({ block: "nearest" });
  };

  const inView = () => rows().find((row) => row.getBoundingClientRect().bottom > 120) || null;

  const current = () => byId(here) || byId(window.location.hash.slice(1)
    && rows().some((row) => `#${row.id}` === window.location.hash)
    ? window.location.hash.slice(1) : "") || inView();

  const currentFinding = () => byId(chosen);

  const step = (by) => {
    const all = rows();
    const at = all.indexOf(current());
    const next = all[byId(here) ? at + by : at];
    if (next) go(next);
  };

  // The next finding by the order of the page (`by` -1: the one before), seen from the current one.
  const nextFinding = (by, from = currentFinding() || byId(here)) => {
    const all = findings();
    if (!from) return by > 0 ? all[0] : all[all.length - 1];
    const follows = (each) => from !== each && Boolean(
      from.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING,
    );
    const precedes = (each) => Boolean(
      from.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_PRECEDING,
    );
    return by > 0 ? all.find(follows) : all.filter(precedes).pop();
  };

  const stepFinding = (by, from) => {
    const next = nextFinding(by, from);
    if (next) goFinding(next);
    else say(turns.dataset.nomore);
    return Boolean(next);
  };

  // --- what the desk answers ---------------------------------------------------------------------

  const known = () => [...document.querySelectorAll("[data-findings]")].map((each) => {
    const place = each.closest("[data-uid], [data-place]");
    return `${place.dataset.uid || place.dataset.place}:${each.dataset.findings}`;
  }).join(" ");

  const showFindings = (place, html) => {
    const row = place === "episode" ? null : byId(place);
    if (!row) return; // those of the episode stand in the head
    const before = row.querySelector(".findings-at");
    const fresh = html ? made(html) : null;
    if (before && fresh) before.replaceWith(fresh);
    else if (before) before.remove();
    else if (fresh) (row.querySelector(".original, .texts") || row).after(fresh);
  };

  const showHead = (html) => {
    const before = document.querySelector("[data-head]");
    const open = before.querySelector(".away[open]");
    const fresh = replace(before, html);
    if (open && fresh.querySelector(".away")) fresh.querySelector(".away").open = true;
    count();
  };

  const count = () => {
    for (const each of bar.querySelectorAll("[data-count]")) {
      const source = document.querySelector(`[data-head] [data-said=${each.dataset.count}]`);
      each.textContent = source ? source.textContent : "";
    }
  };

  // The current finding keeps the focus where its row is made anew; where it is gone, the next has it.
  const keeping = (work) => {
    const was = currentFinding();
    const hadFocus = was && was.contains(document.activeElement);
    const later = was ? findings().slice(findings().indexOf(was) + 1).map((each) => each.id) : [];
    work();
    if (!was || was.isConnected) return;
    const next = byId(was.id) || later.map(byId).find(Boolean);
    if (next && hadFocus) goFinding(next);
    else mark(byId(here), next || null);
  };

  const show = (news) => keeping(() => {
    const row = news.uid && byId(news.uid);
    if (row && news.html && !row.matches(".turn-form")) replace(row, news.html);
    for (const [place, html] of Object.entries(news.findings || {})) showFindings(place, html);
    if (news.head) showHead(news.head);
  });

  bar.hidden = false;
  count();

  desk.rows = {
    all: rows, byId, current, currentFinding, go, goFinding, known, made, mark, replace, say, show,
    step, stepFinding,
  };
})();
