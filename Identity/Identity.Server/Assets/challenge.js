// Does the work that a form asks for in altcha's workers while the form is filled in. Without script, or by choice, time does the same.
const box = document.querySelector("[data-challenge]");
if (box) {
  const form = box.closest("form");
  const status = box.querySelector("[data-challenge-status]");
  const waitButton = box.querySelector("[data-challenge-wait]");
  const waitText = status.textContent;
  const { work, ...parameters } = JSON.parse(box.dataset.challenge);
  const words = (name) => box.querySelector(`[data-challenge-${name}]`).textContent;
  let state = "working";
  let pressed = null;
  let touched = false;
  let workers = [];

  const stop = () => {
    for (const worker of workers) worker.terminate();
    workers = [];
  };

  // What has no password in it is sent by itself once the check is done: nothing has to be typed again. Whoever is changing an answer presses the button.
  const finish = () => {
    state = "done";
    stop();
    waitButton.hidden = true;
    status.textContent = words("done");
    if (pressed) form.requestSubmit(pressed);
    else if (!touched && !form.querySelector("input[type=password]")) form.requestSubmit();
  };

  const wait = () => {
    stop();
    state = "waiting";
    pressed = null;
    waitButton.hidden = true;
    status.textContent = waitText;
    setTimeout(() => (status.textContent = words("done")), Number(box.dataset.seconds) * 1000);
  };

  const solved = ({ data }) => {
    if (state !== "working") return;
    if (!data?.derivedKey) return wait();
    form.elements.ChallengeProof.value = data.derivedKey.slice(32);
    finish();
  };

  form.addEventListener("submit", (event) => {
    if (state !== "working") return;
    event.preventDefault();
    pressed = event.submitter;
    status.textContent = words("working");
  });
  form.addEventListener("input", () => (touched = true));
  waitButton.addEventListener("click", wait);

  if (window.Worker && window.crypto?.subtle) {
    status.textContent = words("working");
    waitButton.hidden = false;
    const count = Math.min(2, navigator.hardwareConcurrency || 1);
    for (let i = 0; i < count; i++) {
      const worker = new Worker("/assets/altcha-pbkdf2.js");
      worker.onmessage = solved;
      worker.onerror = () => state === "working" && wait();
      worker.postMessage({ type: "work", challenge: { parameters }, counterMode: "uint32", counterStart: i, counterStep: count, timeout: 90_000 });
      workers.push(worker);
    }
  } else {
    wait();
  }
}
