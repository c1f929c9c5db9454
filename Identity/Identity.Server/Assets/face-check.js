// Takes the pictures by the camera of the page and puts them into the file fields, which stay as they are where there is no camera or it is not allowed.
const form = document.querySelector("[data-face-check]");
const camera = form?.querySelector("[data-camera]");
const longest = 640;

function show(fields, taken) {
  const next = fields[taken];
  camera.querySelector("[data-next]").textContent = next ? `${taken + 1} / ${fields.length}　${next.dataset.step}` : form.querySelector("[type=submit]").textContent;
  camera.querySelector("[data-take]").disabled = !next;
  if (!next) {
    form.querySelector("[type=submit]").focus();
  }
}

async function frame(video, name) {
  const scale = Math.min(1, longest / Math.max(video.videoWidth, video.videoHeight));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise(done => canvas.toBlob(done, "image/jpeg", 0.9));
  return new File([blob], name, { type: "image/jpeg" });
}

async function start() {
  const stream = await navigator.mediaDevices?.getUserMedia({ video: { facingMode: "user", width: 640, height: 480 } }).catch(() => null);
  if (!stream) {
    return;
  }

  const video = camera.querySelector("video");
  const fields = [...form.querySelectorAll("input[type=file]")];
  const take = camera.querySelector("[data-take]");
  let taken = 0;
  let round = 0;
  video.srcObject = stream;
  await video.play();
  camera.hidden = false;
  show(fields, taken);
  take.addEventListener("click", async () => {
    // Before anything is waited for: a second press while the picture is made would skip a step.
    take.disabled = true;
    const step = taken++;
    const begun = round;
    const picture = await frame(video, `step-${step + 1}.jpg`);
    if (begun !== round) {
      return;
    }

    const files = new DataTransfer();
    files.items.add(picture);
    fields[step].files = files.files;
    show(fields, taken);
  });
  camera.querySelector("[data-again]").addEventListener("click", () => {
    fields.forEach(field => { field.value = ""; });
    taken = 0;
    round++;
    show(fields, taken);
  });
}

if (form) {
  start();
}
