// Asking the desk without leaving the page. Where the session has ended, the login is asked for in
// place, and what was asked is asked once more.
"use strict";

(() => {
  const dialog = document.querySelector("dialog[data-login]");
  const form = dialog && dialog.querySelector("[data-login-form]");
  const problem = dialog && dialog.querySelector("[data-problem]");
  let waiting = null;

  // The token stands in the header alone: the one of an open form may be older than the session.
  const send = (address, options = {}) => {
    const headers = { "X-Requested-With": "desk", "X-CSRFToken": desk.csrfToken() };
    if (options.body instanceof FormData) options.body.delete("csrfmiddlewaretoken");
    return fetch(address, { ...options, headers, redirect: "manual", credentials: "same-origin" });
  };

  // The desk leads whoever is not logged in to the login, and whoever is away from it.
  const isRedirect = (answer) => answer.type === "opaqueredirect";
  const isLoggedIn = async () => isRedirect(await send(dialog.dataset.login));

  const said = async (answer) => {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.querySelector(".errornote, .errorlist") || page.querySelector("#content p");
    return found ? found.textContent.trim() : "";
  };

  // Return what is wrong, "" for nothing.
  const login = async () => {
    if (await isLoggedIn()) return "";
    if (!form.elements.password.value) return dialog.dataset.empty;
    const answer = await send(dialog.dataset.login, { method: "POST", body: new FormData(form) });
    return isRedirect(answer) ? "" : (await said(answer)) || dialog.dataset.empty;
  };

  const askLogin = () => {
    waiting ??= new Promise((resolve) => {
      problem.hidden = true;
      dialog.returnValue = "";
      dialog.showModal();
      form.elements.password.focus();
      dialog.addEventListener("close", () => {
        form.elements.password.value = "";
        waiting = null;
        resolve(dialog.returnValue === "in");
      }, { once: true });
    });
    return waiting;
  };

  if (dialog) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (form.getAttribute("aria-busy") === "true") return;
      form.setAttribute("aria-busy", "true");
      try {
        problem.textContent = await login();
      } catch {
        problem.textContent = dialog.dataset.offline;
      }
      form.removeAttribute("aria-busy");
      problem.hidden = !problem.textContent;
      if (!problem.textContent) dialog.close("in");
      else form.elements.password.select();
    });
    dialog.querySelector("[data-cancel]").addEventListener("click", () => dialog.close());
  }

  // Answers what the desk says; rejects where it does not answer.
  desk.ask = async (address, options = {}) => {
    const answer = await send(address, options);
    const isOver = answer.status === 401 || isRedirect(answer)
      || (answer.status === 403 && !(await isLoggedIn()));
    if (!isOver || !(await askLogin())) return answer;
    return send(address, options);
  };

  desk.isOver = (answer) => answer.status === 401 || isRedirect(answer);
})();
