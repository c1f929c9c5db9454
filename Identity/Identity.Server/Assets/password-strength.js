// The meter beside a new password. The server judges, here and when the form is sent; without script the form's answer says the same.
for (const box of document.querySelectorAll("[data-password-strength]")) {
  const field = document.getElementById(box.dataset.passwordStrength);
  const meter = box.querySelector("meter");
  const words = box.querySelector("[data-words]");
  let timer;
  let asked = 0;
  field?.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const mine = ++asked;
      box.hidden = field.value.length === 0;
      if (box.hidden) return;
      const body = new URLSearchParams({ Password: field.value, __RequestVerificationToken: field.form.elements.__RequestVerificationToken.value });
      const response = await fetch("/passwords/strength", { method: "POST", body, credentials: "same-origin" }).catch(() => null);
      if (!response?.ok || mine !== asked) return;
      const { score, text } = await response.json();
      meter.value = score;
      words.textContent = text;
    }, 400);
  });
}
