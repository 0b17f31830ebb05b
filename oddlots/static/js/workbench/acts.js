// Findings are mended and put away, turns marked as read, and the last of it taken back, in place.
// What is asked for is sent one after the other, so that each sees the version the last one made.
"use strict";

(() => {
  const turns = document.querySelector("[data-turns]");
  const { rows } = desk;
  const done = []; // what can be taken back: where to send what
  let last = Promise.resolve();
  let checks = 0;

  const queued = (work) => {
    last = last.then(work, work);
    return last;
  };

  const remember = ({ undo, uid }) => { done.push({ ...undo, uid }); };

  // Send data to an address; show what the desk answers, and return it where it was done.
  const send = async (address, data) => {
    const body = new FormData();
    for (const [name, value] of Object.entries(data)) body.append(name, value);
    body.append("known", rows.known());
    let answer;
    try {
      answer = await desk.ask(address, { method: "POST", body });
    } catch {
      rows.say(turns.dataset.offline);
      return null;
    }
    const news = await answer.json().catch(() => null);
    if (!news || ![200, 409].includes(answer.status)) {
      rows.say(turns.dataset.refused);
      return null;
    }
    rows.show(news);
    if (news.undo) remember(news);
    if (news.said) rows.say(news.said, Boolean(news.undo));
    return answer.status === 200 ? news : null;
  };

  // --- findings ----------------------------------------------------------------------------------

  const settle = async (finding, name, refusal) => {
    const button = finding.querySelector(`button[name=${name}]`);
    if (!button) {
      rows.say(refusal);
      return;
    }
    finding.setAttribute("aria-busy", "true");
    if (!rows.stepFinding(1, finding) && !rows.stepFinding(-1, finding)) finding.focus();
    await queued(async () => {
      const now = rows.byId(finding.id); // its row may have been made anew since
      const act = now && now.querySelector(`button[name=${name}]`);
      if (!act) return;
      now.setAttribute("aria-busy", "true");
      await send(act.formAction, { [name]: act.value });
      rows.byId(finding.id)?.removeAttribute("aria-busy");
    });
  };

  const chosen = (work) => {
    const finding = rows.currentFinding();
    if (finding) work(finding);
    else rows.say(turns.dataset.nofinding);
  };

  const mend = (finding) => settle(finding, "mend", turns.dataset.nofix);
  const putAway = (finding) => settle(finding, "dismiss", turns.dataset.noaway);

  // Look again at what a save has changed; many saves in a row need it once.
  const check = () => {
    checks += 1;
    const mine = checks;
    return queued(async () => {
      if (mine !== checks) return;
      await send(turns.dataset.check, {});
      if (mine !== checks) return;
      for (const each of turns.querySelectorAll(".checking")) each.classList.remove("checking");
    });
  };

  // --- reading -------------------------------------------------------------------------------------

  const nextUnread = (row) => {
    const all = rows.all();
    const at = all.indexOf(row);
    const isLeft = (each) => !("read" in each.dataset) && each !== row;
    return all.slice(at + 1).find(isLeft) || all.slice(0, at).find(isLeft);
  };

  const read = (row, goesOn = true) => {
    const button = row.querySelector(".read-mark[form]");
    if (!button) return;
    const { uid } = row.dataset;
    if (goesOn && button.name === "version") {
      const next = nextUnread(row);
      if (next) rows.go(next);
      else rows.say(turns.dataset.allread);
    }
    queued(async () => {
      const now = rows.byId(uid)?.querySelector(".read-mark[form]");
      if (now && now.name === button.name) await send(now.formAction, { [now.name]: now.value });
      if (!goesOn) rows.byId(uid)?.querySelector(".read-mark")?.focus({ preventScroll: true });
    });
  };

  // --- taking back -----------------------------------------------------------------------------------

  const undo = () => {
    const act = done.pop();
    const offered = document.querySelector("form.undo button");
    if (!act && offered) {
      offered.click(); // what was cut, on a page of its own
      return;
    }
    if (!act) {
      rows.say(turns.dataset.noundo);
      return;
    }
    queued(async () => {
      const news = await send(act.url, act.data);
      const row = news && rows.byId(act.uid);
      if (!row) return;
      const finding = row.querySelector("[data-finding]");
      if (finding) rows.goFinding(finding);
      else rows.go(row);
    });
  };

  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element
      && event.target.closest("button[form=read-form][name]");
    if (!button || event.button) return;
    const finding = button.closest("[data-finding]");
    const row = button.closest("article.turn");
    event.preventDefault();
    if (finding) {
      rows.mark(finding.closest("[data-uid]"), finding);
      settle(finding, button.name, turns.dataset.refused);
    } else if (row) {
      read(row, false);
    } else {
      queued(() => send(button.formAction, { [button.name]: button.value }));
    }
  });

  // Resolves when all that was asked for is done.
  const settled = () => last;

  desk.acts = { check, chosen, mend, putAway, read, remember, settled, undo };
})();
