/* Passkeys: asks the browser to make or use a key, and puts its answer into the form's hidden field. No state. */
"use strict";

(() => {
  if (!window.PublicKeyCredential) return;

  const bytes = (text) =>
    Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replaceAll("+", "-")
      .replaceAll("/", "_")
      .replace(/=+$/, "");
  const described = (keys) => keys?.map((key) => ({ ...key, id: bytes(key.id) }));

  const made = async ({ publicKey }, withoutPassword) => {
    const options = { ...publicKey, challenge: bytes(publicKey.challenge) };
    options.user = { ...publicKey.user, id: bytes(publicKey.user.id) };
    options.excludeCredentials = described(publicKey.excludeCredentials);
    if (withoutPassword) {
      options.authenticatorSelection = {
        ...publicKey.authenticatorSelection,
        residentKey: "required",
        requireResidentKey: true,
        userVerification: "required",
      };
    }
    const key = await navigator.credentials.create({ publicKey: options });
    return answer(key, {
      clientDataJSON: text(key.response.clientDataJSON),
      attestationObject: text(key.response.attestationObject),
      transports: key.response.getTransports?.() ?? [],
    });
  };

  const used = async ({ publicKey }) => {
    const options = { ...publicKey, challenge: bytes(publicKey.challenge) };
    options.allowCredentials = described(publicKey.allowCredentials);
    const key = await navigator.credentials.get({ publicKey: options });
    return answer(key, {
      clientDataJSON: text(key.response.clientDataJSON),
      authenticatorData: text(key.response.authenticatorData),
      signature: text(key.response.signature),
      userHandle: key.response.userHandle ? text(key.response.userHandle) : null,
    });
  };

  const answer = (key, response) => ({
    type: key.type,
    id: key.id,
    rawId: text(key.rawId),
    authenticatorAttachment: key.authenticatorAttachment,
    clientExtensionResults: key.getClientExtensionResults(),
    response,
  });

  const optionsFor = async (form) => {
    const there = document.getElementById("js_data");
    if (there) return JSON.parse(there.textContent);
    const asked = await fetch(form.action, { headers: { "X-Requested-With": "XMLHttpRequest" } });
    return asked.json();
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const button = form.querySelector("[data-passkey-button]");
    const trouble = form.querySelector("[data-passkey-trouble]");
    form.hidden = false;
    button.addEventListener("click", async () => {
      trouble.hidden = true;
      button.disabled = true;
      try {
        const options = await optionsFor(form);
        const passwordless = form.elements.passwordless?.checked;
        const credential = options.creation_options
          ? await made(options.creation_options, passwordless)
          : await used(options.request_options);
        form.elements.credential.value = JSON.stringify(credential);
        form.submit();
      } catch {
        trouble.hidden = false;
        button.disabled = false;
        trouble.focus();
      }
    });
  }
})();
