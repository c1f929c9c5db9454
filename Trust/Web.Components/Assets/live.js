// Lets htmx wait while a word is being composed (pinyin on its way to characters): half a syllable is no query.
(() => {
  let composing = false;
  document.addEventListener('compositionstart', () => { composing = true; });
  document.addEventListener('compositionend', (event) => {
    composing = false;
    event.target.dispatchEvent(new Event('input', { bubbles: true }));
  });
  document.addEventListener('htmx:config:request', (event) => {
    if (composing) {
      event.preventDefault();
    }
  });
})();
