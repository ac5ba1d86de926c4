/* Says two minutes before a session ends, and covers what stands on the screen once it has ended. The server decides
   how long it is; asking for it does not prolong it. */
"use strict";

(() => {
  const box = document.getElementById("t-session");
  if (!box) return;
  const soon = box.querySelector("[data-soon]");
  const ended = document.getElementById("t-ended");
  const WARN = 120;
  const SIGN_EVERY = 240_000;
  let timer = 0;
  let typedAt = 0;
  let signedAt = Date.now();

  /* Requests that a hand made, unlike those of a clock: only they keep a session alive. */
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.triggeringEvent?.isTrusted) event.detail.headers["X-By-Hand"] = "1";
  });

  const ask = async (stay) => {
    const answer = await fetch(box.dataset.url, {
      method: stay ? "POST" : "GET",
      headers: stay ? { "X-CSRFToken": box.dataset.csrf } : { "X-By-Itself": "1" },
      redirect: "error",
    });
    return answer.ok ? (await answer.json()).left : 0;
  };

  const look = async (stay = false) => {
    clearTimeout(timer);
    let left;
    try {
      left = await ask(stay);
    } catch {
      timer = setTimeout(() => look(), 30_000); /* no signal: nothing is known, so nothing is said */
      return;
    }
    if (left <= 0) {
      end();
      return;
    }
    wait(left);
  };

  const wait = (left) => {
    soon.hidden = left > WARN;
    timer = setTimeout(() => look(), Math.max(1, left > WARN ? left - WARN : Math.min(left + 1, 20)) * 1000);
  };

  const end = () => {
    soon.hidden = true;
    const here = window.location.pathname + window.location.search;
    const link = ended.querySelector("a");
    link.href = `${box.dataset.login}?next=${encodeURIComponent(here)}`;
    if (!ended.open) ended.showModal();
  };
  /* A part of the page was asked for and nobody is signed in any more: what was typed stays where it is. */
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status === 401) end();
  });
  ended.addEventListener("cancel", (event) => event.preventDefault());

  box.querySelector("[data-stay]").addEventListener("click", () => look(true));

  /* Somebody who types for a long time into a form without autosave is there, though no request says so. */
  document.addEventListener("input", () => {
    typedAt = Date.now();
    if (typedAt - signedAt < SIGN_EVERY) return;
    signedAt = typedAt;
    look(true);
  });

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) look();
  });
  wait(Number(box.dataset.left));
})();
