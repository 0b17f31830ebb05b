// A turn opens, is saved and closes in place. Without a script each is a plain form or link.
"use strict";

(() => {
  const turns = document.querySelector("[data-turns]");
  const { rows, drafts } = desk;
  const addressOf = (uid) => turns.dataset.url.replace("UID", uid);

  const tell = (form, text, login) => {
    let message = form.querySelector(".message");
    if (!message) {
      message = document.createElement("div");
      message.className = "message warning";
      message.setAttribute("role", "alert");
      form.append(message);
    }
    message.textContent = `${text} `;
    if (login) {
      const link = document.createElement("a");
      Object.assign(link, { href: login, target: "_blank", rel: "noopener" });
      link.textContent = turns.dataset.login;
      message.append(link);
    }
  };

  const fragment = async (address, options) => {
    const answer = await desk.ask(address, options);
    if (![200, 409, 422].includes(answer.status)) throw new Error(String(answer.status));
    return (await answer.json()).html;
  };

  // --- what was typed before ----------------------------------------------------------------------

  const note = (form) => {
    const line = document.createElement("p");
    line.className = "warning draft-note";
    line.setAttribute("role", "status");
    line.textContent = `${turns.dataset.restored} `;
    const discard = document.createElement("button");
    discard.type = "button";
    discard.className = "draft-discard";
    discard.textContent = turns.dataset.discard;
    line.append(discard);
    form.prepend(line);
    desk.changed.add(form);
  };

  // Put the draft of a turn into its open form; one of another version is shown beside what stands.
  const restore = async (form) => {
    const draft = drafts.of(form.dataset.uid);
    if (!draft || !form.elements || !form.elements.version) return form;
    drafts.fill(form, draft);
    if (draft.version === form.elements.version.value) {
      note(form);
      return form;
    }
    const body = new FormData(form);
    body.set("version", draft.version);
    body.set("show", "1");
    const fresh = rows.replace(form, await fragment(form.action, { method: "POST", body }));
    fresh.dataset.base = draft.version;
    note(fresh);
    return fresh;
  };

  // --- open, close, save ----------------------------------------------------------------------------

  // Offsets of findings are code points, those of a field are UTF-16.
  const units = (text, points) => [...text].slice(0, points).join("").length;

  const focusText = (form, at) => {
    const name = at && ["text", "original"].includes(at.field) ? at.field : "text";
    const field = form.elements && form.elements[name];
    if (!field) return;
    const [start, end] = at && at.start
      ? [units(field.value, Number(at.start)), units(field.value, Number(at.end))] : [0, 0];
    field.focus();
    field.setSelectionRange(start, end);
    form.scrollIntoView({ block: "nearest" });
  };

  const open = async (row, at = null) => {
    const { uid } = row.dataset;
    if (row.matches(".turn-form")) return;
    try {
      let form = rows.replace(row, await fragment(addressOf(uid)));
      rows.mark(form);
      form = await restore(form);
      rows.mark(form);
      focusText(form, at);
    } catch {
      window.location.assign(`?edit=${uid}#${uid}`);
    }
  };

  const close = async (form, discard = false) => {
    const { uid } = form.dataset;
    if (discard) drafts.drop(uid);
    const isKept = desk.changed.has(form) && drafts.of(uid);
    if (!discard && desk.changed.has(form) && !isKept && !window.confirm(turns.dataset.leave)) return;
    try {
      rows.go(rows.replace(form, await fragment(`${addressOf(uid)}?close`)));
      if (isKept) rows.say(turns.dataset.kept);
    } catch {
      desk.changed.delete(form);
      window.location.assign(`?#${uid}`);
    }
  };

  const sent = async (form) => {
    form.setAttribute("aria-busy", "true");
    try {
      const answer = await desk.ask(form.action, { method: "POST", body: new FormData(form) });
      const data = await answer.json().catch(() => null);
      return { answer, data };
    } finally {
      form.removeAttribute("aria-busy");
    }
  };

  const shown = (form, data) => {
    const base = form.dataset.base || form.elements.version.value;
    const fresh = rows.replace(form, data.html);
    fresh.dataset.base = base;
    desk.changed.add(fresh);
    (fresh.querySelector(".errorlist, .warning") || fresh).scrollIntoView({ block: "center" });
    const field = fresh.querySelector("textarea");
    if (field) field.focus({ preventScroll: true });
  };

  const saved = (form, data, goesOn) => {
    drafts.drop(form.dataset.uid);
    const fresh = rows.replace(form, data.html);
    rows.say(fresh.querySelector(".saved")?.textContent || "", Boolean(data.undo));
    rows.go(fresh);
    if (data.undo) desk.acts.remember(data);
    const last = fresh.lastElementChild;
    if (goesOn) rows.stepFinding(1, last && last.matches(".findings-at") ? last.querySelector("li:last-child") : last);
    if (fresh.matches("[data-uid]") && data.undo) desk.acts.check();
  };

  const save = async (form, goesOn = false) => {
    if (form.getAttribute("aria-busy") === "true") return;
    let told;
    try {
      told = await sent(form);
    } catch {
      tell(form, turns.dataset.offline);
      return;
    }
    const { answer, data } = told;
    if (answer.status === 200 && data) saved(form, data, goesOn);
    else if ([409, 422].includes(answer.status) && data) shown(form, data);
    else if (desk.isOver(answer)) tell(form, (data && data.message) || turns.dataset.refused, turns.dataset.loginAt);
    else {
      tell(form, turns.dataset.failed);
      desk.changed.delete(form);
      form.elements.csrfmiddlewaretoken.value = desk.csrfToken();
      form.submit();
    }
  };

  turns.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const target = event.target.closest("article.turn .edit, .draft-badge");
    const leave = event.target.closest(".turn-form .close");
    const discard = event.target.closest(".draft-discard");
    if (target) {
      event.preventDefault();
      open(target.closest(".turn"));
    } else if (leave || discard) {
      event.preventDefault();
      close((leave || discard).closest(".turn"), Boolean(discard) || leave.matches(".take"));
    }
  });

  turns.addEventListener("submit", (event) => {
    const form = event.target.closest(".turn-form");
    if (!form) return;
    event.preventDefault();
    if (!desk.isComposing(event)) save(form);
  });

  drafts.labelAll();
  const opened = turns.querySelector("form.turn-form");
  if (opened) restore(opened).catch(() => rows.say(turns.dataset.offline));

  desk.forms = { close, open, save };
})();
