// Asks every two seconds whether the phone has confirmed; when the code is old (a minute, or as the page says) a new one is shown, fifteen times at most.
const form = document.querySelector("[data-qr-sign-in]");
const started = Date.now();
const life = Number(form.dataset.seconds ?? "60") * 1000;
const waiting = form.querySelector("[data-waiting]");
const refused = form.querySelector("[data-refused]");
const renewals = Number(sessionStorage.getItem("yinxin.qr.renewals") ?? "0");
waiting.hidden = false;

async function ask() {
  const response = await fetch(form.dataset.qrSignIn, { credentials: "same-origin" }).catch(() => null);
  const state = response?.ok ? (await response.json()).state : "Waiting";
  if (state === "Confirmed") {
    sessionStorage.removeItem("yinxin.qr.renewals");
    form.submit();
  } else if (state === "Refused") {
    waiting.hidden = true;
    refused.hidden = false;
  } else if (Date.now() - started < life - 2000) {
    setTimeout(ask, 2000);
  } else if (renewals < 15) {
    sessionStorage.setItem("yinxin.qr.renewals", String(renewals + 1));
    const next = new URL(form.querySelector("[data-renew]").href);
    next.searchParams.set("renewal", "script");
    location.replace(next.href);
  } else {
    sessionStorage.removeItem("yinxin.qr.renewals");
    waiting.hidden = true;
  }
}

setTimeout(ask, 2000);
