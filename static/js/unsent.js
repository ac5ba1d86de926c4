/* Notes that could not be sent. What was typed stays on this device, locked with a key that cannot be read out of the
   browser, until there is a signal; it is wiped when sent, at sign-out, and after seven days. Nothing else of a case is
   kept: the list shows codes, never names. The server stores a note once however often it is sent. */
"use strict";

(() => {
  const DAYS = 7;
  const staff = document.querySelector('meta[name="titian-staff"]')?.content;
  if (!staff || !window.indexedDB || !window.crypto?.subtle) return;

  /* ---- the locked drawer ---------------------------------------------------------------------------------------- */

  const answer = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });

  let drawer;
  const open = () => {
    drawer ??= (() => {
      const request = indexedDB.open("titian-unsent", 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("key");
        request.result.createObjectStore("notes", { keyPath: "id" });
      };
      return answer(request);
    })();
    return drawer;
  };
  const store = async (name, mode = "readonly") => (await open()).transaction(name, mode).objectStore(name);

  const key = async () => {
    const known = await answer((await store("key")).get("key"));
    if (known) return known;
    const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    await answer((await store("key", "readwrite")).put(made, "key"));
    return made;
  };

  const lock = async (entries) => {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = new TextEncoder().encode(JSON.stringify(entries));
    return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await key(), plain) };
  };
  const unlock = async ({ iv, data }) =>
    JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, await key(), data)));

  const drop = async (id) => answer((await store("notes", "readwrite")).delete(id));
  const find = async (id) => answer((await store("notes")).get(id));
  const save = async (note) => answer((await store("notes", "readwrite")).put(note));

  /* This person's notes, oldest first; what is older than a week goes, whoever wrote it. */
  const waiting = async () => {
    const all = await answer((await store("notes")).getAll());
    const oldest = Date.now() - DAYS * 24 * 3600 * 1000;
    await Promise.all(all.filter((note) => note.at < oldest).map((note) => drop(note.id)));
    return all.filter((note) => note.at >= oldest && note.staff === staff).sort((a, b) => a.at - b.at);
  };

  const wipe = async () => {
    await answer((await store("notes", "readwrite")).clear());
    await answer((await store("key", "readwrite")).clear());
  };

  /* ---- the form on this page ------------------------------------------------------------------------------------ */

  const formOf = (event) => event.target.closest?.("form[data-unsent]");
  const entriesOf = (form) => [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
  const clock = (at) =>
    new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" }).replace(":", ".");
  const tell = (form, words) => {
    const status = form.querySelector("[role=status]");
    if (status) status.textContent = words;
  };
  const showOffline = (on) => {
    const note = document.querySelector("[data-offline]");
    if (note) note.hidden = !on;
  };

  /* state: "typed" (a draft), "ready" (the person pressed save), "check" (the server did not take it). */
  const keep = async (form, state, quietly = false) => {
    const entries = entriesOf(form);
    const id = form.elements.client_id.value;
    const known = await find(id);
    const draft = form.querySelector("[role=status]").getAttribute("hx-post");
    const locked = await lock(entries);
    await save({
      id,
      staff,
      code: form.dataset.unsent,
      url: form.action,
      draft,
      at: Date.now(),
      state: known?.state === "ready" && state === "typed" ? "ready" : state,
      ...locked,
    });
    if (!quietly) tell(form, state === "ready" ? form.dataset.waiting : form.dataset.kept.replace("#", clock(Date.now())));
    await list();
  };

  const failed = (event) => {
    const form = formOf(event);
    if (!form) return;
    const status = event.detail.xhr.status;
    showOffline(status === 0);
    /* A refusal needs a look; without a signal, or when the server is out of order, sending again is enough. */
    const state = status >= 400 && status < 500 ? "check" : "ready";
    keep(form, event.target === form ? state : "typed");
  };
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:timeout", failed);
  document.addEventListener("htmx:responseError", failed);

  document.addEventListener("htmx:afterRequest", (event) => {
    const form = formOf(event);
    const answered = event.detail.xhr;
    if (!form || !event.detail.successful) return;
    showOffline(false);
    const stored = answered.getResponseHeader("HX-Redirect") || answered.getResponseHeader("X-Draft");
    if (stored) drop(form.elements.client_id.value).then(list);
    else if (event.target !== form) keep(form, "typed", true); // signed out: the bar says so itself
  });

  /* Text that never reached the server comes back into its form. */
  const restore = async (state) => {
    const form = document.querySelector("form[data-unsent]");
    if (!form) return;
    const note = (await waiting()).filter((one) => one.code === form.dataset.unsent && (!state || one.state === state)).pop();
    if (!note) return;
    const same = form.elements.client_id.value === note.id;
    if (!same && form.elements.summary.value.trim()) return;
    const entries = await unlock(note);
    for (const control of form.elements) {
      if (!control.name || control.name === "csrfmiddlewaretoken") continue;
      const values = entries.filter(([name]) => name === control.name).map(([, value]) => value);
      if (control.type === "radio" || control.type === "checkbox") control.checked = values.includes(control.value);
      else if (values.length) control.value = values[0];
    }
    tell(form, form.dataset.kept.replace("#", clock(note.at)));
  };

  /* ---- sending again -------------------------------------------------------------------------------------------- */

  const post = async (url, entries) => {
    const headers = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");
    return fetch(url, {
      method: "POST",
      body: new URLSearchParams(entries),
      headers: { ...headers, "HX-Request": "true" },
    });
  };

  /* Sent while its form still stands there and nothing was added since: on to the note, as after any other sending. */
  const goOn = (note, sent, url) => {
    const form = document.querySelector("form[data-unsent]");
    if (form?.elements.client_id.value !== note.id) return;
    if (JSON.stringify(entriesOf(form)) === JSON.stringify(sent)) window.location.assign(url);
  };

  const sendOne = async (note) => {
    const isReady = note.state === "ready";
    const entries = await unlock(note);
    const result = await post(isReady ? note.url : note.draft, entries);
    const stored = result.headers.get(isReady ? "HX-Redirect" : "X-Draft");
    if (stored) {
      await drop(note.id);
      if (isReady) goOn(note, entries, stored);
    } else if (isReady && [403, 404, 409, 422].includes(result.status)) await save({ ...note, state: "check" });
  };

  const send = async () => {
    if (!navigator.onLine) return;
    for (const note of await waiting()) {
      if (note.state === "check") continue;
      /* Still no signal: the next "online" tries again. */
      const reached = await sendOne(note).then(
        () => true,
        () => false,
      );
      if (!reached) break;
    }
    await list();
  };

  /* ---- what the page says about it ------------------------------------------------------------------------------ */

  const line = (note, words) => {
    const item = document.createElement("li");
    const code = document.createElement("strong");
    code.className = "t-code";
    code.textContent = note.code;
    const chip = document.createElement("span");
    chip.className = "t-chip t-chip-soon";
    chip.textContent = note.state === "check" ? words.check : words.send;
    const link = document.createElement("a");
    link.href = note.url;
    link.textContent = words.open;
    const when = document.createElement("span");
    when.className = "t-quiet t-small";
    when.append(`${new Date(note.at).toLocaleDateString(document.documentElement.lang)} ${clock(note.at)} · `, link);
    item.append(code, " ", chip, document.createElement("br"), when);
    return item;
  };

  const list = async () => {
    const form = document.querySelector("form[data-unsent]");
    const here = form?.elements.client_id.value;
    const notes = (await waiting()).filter((note) => note.id !== here || note.state !== "typed");
    const box = document.querySelector("[data-unsent-list]");
    if (box) {
      box.hidden = !notes.length;
      box.querySelector("ul").replaceChildren(...notes.map((note) => line(note, box.dataset)));
    }
    const hint = document.querySelector("[data-unsent-note]");
    if (hint) {
      hint.hidden = !notes.length;
      const count = hint.querySelector("[data-unsent-count]");
      count.textContent = count.dataset.unsentCount.replace("#", notes.length);
    }
  };

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-unsent-send]")) send();
  });
  window.addEventListener("online", () => {
    showOffline(false);
    send();
  });
  window.addEventListener("offline", () => showOffline(Boolean(document.querySelector("form[data-unsent]"))));
  document.addEventListener("htmx:afterSwap", list);
  document.addEventListener("DOMContentLoaded", () =>
    /* Into the form first: once sent, the phone forgets it, and this page was drawn before. */
    restore("typed").then(send).then(() => restore()).then(list),
  );

  /* Nothing stays behind for the next person at this device; whoever has unsent notes is asked first. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!new URL(form.action, location.href).pathname.endsWith("/logout/") || form.dataset.wiped) return;
    event.preventDefault();
    const leave = () => {
      form.dataset.wiped = "yes";
      form.submit();
    };
    waiting()
      .then((notes) => {
        const question = document.querySelector('meta[name="titian-unsent"]').content.replace("#", notes.length);
        if (!notes.length || window.confirm(question)) return wipe().then(leave);
        return undefined;
      })
      .catch(leave);
  });
})();
