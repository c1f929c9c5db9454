// Passkeys beside every form that works without them: the button appears only where the browser can do it.
const decode = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const encode = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

async function options(form) {
  const body = new URLSearchParams({ __RequestVerificationToken: form.elements.__RequestVerificationToken.value });
  const response = await fetch(form.dataset.options, { method: "POST", body, credentials: "same-origin" });
  if (!response.ok) throw new Error(`options: ${response.status}`);
  const json = await response.json();
  json.challenge = decode(json.challenge);
  for (const credential of [...(json.excludeCredentials ?? []), ...(json.allowCredentials ?? [])]) credential.id = decode(credential.id);
  if (json.user) json.user.id = decode(json.user.id);
  return json;
}

function answer(credential) {
  const { response } = credential;
  const result = {
    id: credential.id,
    rawId: encode(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: { clientDataJSON: encode(response.clientDataJSON) },
  };
  if (response.attestationObject) {
    result.response.attestationObject = encode(response.attestationObject);
    result.response.transports = response.getTransports?.() ?? [];
  } else {
    result.response.authenticatorData = encode(response.authenticatorData);
    result.response.signature = encode(response.signature);
    if (response.userHandle) result.response.userHandle = encode(response.userHandle);
  }
  return JSON.stringify(result);
}

let waiting;

async function run(form, mediation) {
  waiting?.abort();
  const { signal } = (waiting = new AbortController());
  const publicKey = await options(form);
  const credential =
    form.dataset.passkey === "create"
      ? await navigator.credentials.create({ publicKey, signal })
      : await navigator.credentials.get({ publicKey, mediation, signal });
  if (!credential) throw new Error("no credential");
  form.elements.Passkey.value = answer(credential);
  form.submit();
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const button = form.querySelector("[data-passkey-button]");
    const error = form.querySelector("[data-passkey-error]");
    button.hidden = false;
    button.addEventListener("click", async () => {
      error.hidden = true;
      try {
        await run(form);
      } catch {
        error.hidden = false;
      }
    });
    if (form.dataset.passkey === "get" && (await PublicKeyCredential.isConditionalMediationAvailable?.())) {
      run(form, "conditional").catch(() => {});
    }
  }
}
