// What the recognition script expects of its host, and no more: files of the model folder, a clock, text and base64. No network, no timers that wait.
'use strict';
(() => {
  const bytesOf = view => new Uint8Array(view.buffer ?? view, view.byteOffset ?? 0, view.byteLength);
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  globalThis.self = globalThis;
  globalThis.location = { href: 'file:///' };
  globalThis.performance = { now: () => host.Now(), timeOrigin: 0 };
  const note = (...words) => host.Note(words.map(String).join(' '));
  globalThis.console = { log: note, warn: note, error: note, info() {}, debug() {} };
  globalThis.setTimeout = (action, wait, ...rest) => { Promise.resolve().then(() => action(...rest)); return 1; };
  globalThis.clearTimeout = globalThis.clearInterval = () => {};
  globalThis.setInterval = () => 1;
  globalThis.importScripts = () => { throw new Error('no scripts'); };
  globalThis.TextDecoder = class {
    decode(view) {
      const bytes = bytesOf(view);
      let text = '';
      for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode.apply(null, bytes.subarray(i, i + 8192));
      try { return decodeURIComponent(escape(text)); } catch { return text; }
    }
  };
  globalThis.TextEncoder = class {
    encode(text) { return Uint8Array.from(unescape(encodeURIComponent(text)), c => c.charCodeAt(0)); }
  };
  globalThis.atob = text => {
    let out = '', held = 0, bits = 0;
    for (const letter of text) {
      const six = alphabet.indexOf(letter);
      if (six < 0) continue;
      held = (held << 6 | six) & 0xffffff;
      bits += 6;
      if (bits >= 8) { bits -= 8; out += String.fromCharCode(held >> bits & 255); }
    }
    return out;
  };
  globalThis.fetch = async address => {
    const name = String(address).replace(/^file:\/\//, '');
    const bytes = host.Read(name, length => new Uint8Array(length));
    return {
      ok: true, status: 200, url: name,
      headers: { get: () => name.endsWith('.json') ? 'application/json' : 'application/octet-stream' },
      arrayBuffer: async () => bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
      json: async () => JSON.parse(new TextDecoder().decode(bytes)),
      text: async () => new TextDecoder().decode(bytes),
    };
  };
})();
