/* Small comforts on top of pages that work without script. No library besides htmx, no state of its own. */
"use strict";

(() => {
  /* Where an autosave tells how it stands: the element itself, or the one that its form part names (data-status). */
  const statusOf = (element) =>
    document.getElementById(element.closest("[data-status]")?.dataset.status) ?? element.closest("[data-unsaved]");

  /* Menus close when the eye goes elsewhere. */
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.t-more[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = event.target.closest?.("details.t-more[open]") ?? document.querySelector("details.t-more[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  /* A link with data-dialog opens the dialog of that id; without script it leads to the page that does the same. */
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-dialog]");
    const dialog = link && document.getElementById(link.dataset.dialog);
    if (!dialog?.showModal) return;
    event.preventDefault();
    dialog.showModal();
  });

  /* Errors are read first. */
  const focusErrors = (root) => root.querySelector?.(".t-errors")?.focus();
  document.addEventListener("DOMContentLoaded", () => focusErrors(document));
  document.addEventListener("htmx:afterSwap", (event) => focusErrors(event.target));

  /* Of tabs that do not fit side by side, the one of this page is in sight. */
  document.addEventListener("DOMContentLoaded", () => {
    for (const tab of document.querySelectorAll(".t-sections [aria-current]")) {
      const row = tab.closest(".t-sections");
      row.scrollLeft += tab.getBoundingClientRect().right - row.getBoundingClientRect().right;
    }
  });

  /* A file that is too large is said so before it is sent: on a phone sending it would take minutes. */
  document.addEventListener("change", (event) => {
    const input = event.target;
    if (!input.matches?.("input[type=file][data-most]")) return;
    document.getElementById(`${input.id}_size`)?.remove();
    if (!input.files[0] || input.files[0].size <= Number(input.dataset.most)) return;
    input.value = "";
    const line = document.createElement("div");
    line.id = `${input.id}_size`;
    line.className = "t-error";
    line.role = "alert";
    line.textContent = input.dataset.tooLarge;
    input.after(line);
  });

  /* Letters still missing below a text box: "43 huruf. Perlu 37 lagi." */
  const countLetters = (line) => {
    const box = document.getElementById(line.dataset.letters);
    const letters = [...box.value.trim()].length;
    const missing = Number(line.dataset.atLeast) - letters;
    const words = missing > 0 ? line.dataset.short : line.dataset.enough;
    line.textContent = words.replace("#", letters).replace("@", missing);
  };
  document.addEventListener("DOMContentLoaded", () => {
    for (const line of document.querySelectorAll("[data-letters]")) {
      if (document.getElementById(line.dataset.letters)?.value) countLetters(line);
    }
  });
  document.addEventListener("input", (event) => {
    const line = event.target.id && document.querySelector(`[data-letters="${CSS.escape(event.target.id)}"]`);
    if (line) countLetters(line);
  });

  /* Autosave says what it is doing, and says it when it could not. */
  document.addEventListener("htmx:beforeRequest", (event) => {
    const status = statusOf(event.target);
    if (status) status.textContent = status.dataset.saving;
  });

  /* A form that is sent while a part of it still saves itself waits for that answer, which tells the form what stands
     now; and once it is on its way nothing saves itself behind its back. Otherwise people would meet themselves as
     somebody who changed the same answer elsewhere. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.matches("[hx-post], [hx-get]")) return;
    if (!form.querySelector(".htmx-request")) {
      form.dataset.leaving = "";
      return;
    }
    event.preventDefault();
    const sendWhenSaved = () =>
      setTimeout(() => {
        if (form.querySelector(".htmx-request")) return;
        document.removeEventListener("htmx:afterRequest", sendWhenSaved);
        form.requestSubmit(event.submitter);
      });
    document.addEventListener("htmx:afterRequest", sendWhenSaved);
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.closest("form[data-leaving]")) event.preventDefault();
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-leaving]")) delete form.dataset.leaving;
  });

  /* A part that cannot be fetched says so in its own place; the rest of the page keeps working. */
  const partFailed = (event) => {
    const target = event.detail.target ?? event.target;
    const status = statusOf(event.target);
    if (status) {
      status.textContent = status.dataset.unsaved;
      /* unsent.js keeps what it watches over on the phone, and sends it itself. */
      if (!event.target.closest("form[data-unsent]")) event.target.dataset.failed = "";
      return;
    }
    /* What somebody typed is never replaced: unsent.js keeps it and says so. */
    if (event.target.closest("form[data-unsent]")) return;
    const message = document.getElementById("t-part-failed")?.content.cloneNode(true);
    if (!message) return;
    message.querySelector("a").href = window.location.href;
    (target.querySelector(".t-card-body") ?? target).replaceChildren(message);
  };
  document.addEventListener("htmx:responseError", partFailed);
  document.addEventListener("htmx:sendError", partFailed);
  document.addEventListener("htmx:timeout", partFailed);

  /* What could not save itself tries again when the signal is back or another part was saved; until then the line does
     not say that all is saved, and the browser asks before the page is left. */
  const failed = () => [...document.querySelectorAll("[data-failed]")];
  const tryAgain = () => failed().forEach((part) => window.htmx.trigger(part, "change"));
  window.addEventListener("online", tryAgain);
  document.addEventListener("htmx:afterOnLoad", (event) => {
    if (!statusOf(event.target) || !event.detail.successful) return;
    delete event.target.dataset.failed;
    for (const part of failed()) statusOf(part).textContent = statusOf(part).dataset.unsaved;
    tryAgain();
  });
  window.addEventListener("beforeunload", (event) => {
    if (failed().length && !document.querySelector("form[data-leaving]")) event.preventDefault();
  });
})();
