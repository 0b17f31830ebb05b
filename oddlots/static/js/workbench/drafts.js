// What was typed stays in this browser until the desk has it: a draft for each person, turn and
// version of it, with the fields that were changed.
"use strict";

(() => {
  const turns = document.querySelector("[data-turns]");
  const start = `oddlots draft ${turns.dataset.user} ${turns.dataset.episode} `;
  const FIELDS = ["text", "original", "speaker", "other", "create", "kind", "start", "end", "why"];

  // A browser may forbid storage or have no room: then the page warns before it is left, as ever.
  const stored = (work, otherwise) => {
    try {
      return work(window.localStorage);
    } catch {
      return otherwise;
    }
  };

  const keys = () => stored((storage) => Object.keys(storage), []).filter((key) => key.startsWith(start));

  const read = (key) => {
    const [uid, version] = key.slice(start.length).split(" ");
    const fields = stored((storage) => JSON.parse(storage.getItem(key)), null);
    return fields && { uid, version, fields };
  };

  const all = () => keys().map(read).filter(Boolean);
  const of = (uid) => all().filter((draft) => draft.uid === uid)
    .sort((one, other) => other.version - one.version)[0] || null;

  const drop = (uid) => {
    for (const key of keys()) {
      if (key.startsWith(`${start}${uid} `)) stored((storage) => storage.removeItem(key));
    }
  };

  const value = (field) => (field.type === "checkbox" ? field.checked : field.value);

  const initial = (field) => {
    if (field.type === "checkbox") return field.defaultChecked;
    if (field.tagName !== "SELECT") return field.defaultValue;
    const chosen = [...field.options].find((option) => option.defaultSelected) || field.options[0];
    return chosen ? chosen.value : "";
  };

  // Keep what is typed in a form; `base` is the version that its writer began with.
  const keep = (form) => {
    const base = form.dataset.base || form.elements.version.value;
    const fields = {};
    for (const name of FIELDS) {
      const field = form.elements[name];
      const isOwn = field && ("base" in form.dataset ? ["text", "original"].includes(name) : false);
      if (field && (isOwn || value(field) !== initial(field))) fields[name] = value(field);
    }
    drop(form.dataset.uid);
    if (!Object.keys(fields).length) return;
    const key = `${start}${form.dataset.uid} ${base}`;
    stored((storage) => storage.setItem(key, JSON.stringify(fields)));
  };

  const fill = (form, draft) => {
    for (const [name, said] of Object.entries(draft.fields)) {
      const field = form.elements[name];
      if (!field) continue;
      if (field.type === "checkbox") field.checked = said;
      else field.value = said;
      const details = field.closest("details");
      if (details) details.open = true;
    }
  };

  const label = (row) => {
    const before = row.querySelector(".draft-badge");
    if (!of(row.dataset.uid)) {
      if (before) before.remove();
    } else if (!before && row.matches("article.turn")) {
      const badge = document.createElement("button");
      badge.type = "button";
      badge.className = "badge badge-unread draft-badge";
      badge.textContent = turns.dataset.draft;
      row.querySelector("header").append(" ", badge);
    }
  };

  // Text of a turn that was taken out or merged meanwhile is shown, for there is no form to put it in.
  const showLost = (draft) => {
    const box = document.createElement("div");
    box.className = "warning draft-lost";
    const title = document.createElement("p");
    title.textContent = turns.dataset.lost;
    box.append(title);
    for (const name of ["text", "original"].filter((each) => draft.fields[each])) {
      const area = document.createElement("textarea");
      area.readOnly = true;
      area.rows = 4;
      area.value = draft.fields[name];
      area.setAttribute("aria-label", turns.dataset.lost);
      box.append(area);
    }
    const discard = document.createElement("button");
    discard.type = "button";
    discard.textContent = turns.dataset.discard;
    discard.addEventListener("click", () => {
      drop(draft.uid);
      box.remove();
    });
    box.append(discard);
    turns.before(box);
  };

  const labelAll = () => {
    for (const draft of all()) {
      const row = document.getElementById(draft.uid);
      if (row) label(row);
      else showLost(draft);
    }
  };

  turns.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form && form.matches(".turn-form")) keep(form);
  });

  desk.drafts = { drop, fill, label, labelAll, of };
})();
