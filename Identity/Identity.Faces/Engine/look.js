// Loads the models once; then looks at one picture at a time. Every picture is looked at afresh: nothing of an earlier one is remembered.
'use strict';
(() => {
  const each = { enabled: true, skipFrames: 0, skipTime: 0 };
  const off = { enabled: false };
  let human;
  globalThis.startLooking = async () => {
    human = new Human.Human({
      backend: 'wasm', wasmPath: 'wasm/', modelBasePath: 'file://models/', debug: false, async: false, warmup: 'none', cacheSensitivity: 0,
      filter: off, body: off, hand: off, object: off, segmentation: off, gesture: off,
      face: {
        enabled: true, detector: { rotation: true, maxDetected: 3, minConfidence: 0.5, skipFrames: 0, skipTime: 0 }, mesh: { enabled: true },
        iris: each, description: each, antispoof: each, liveness: each, emotion: off,
      },
    });
    const tf = human.tf;
    tf.env().setPlatform('yinxin', {
      fetch, now: () => performance.now(), encode: text => new TextEncoder().encode(text), decode: bytes => new TextDecoder().decode(bytes),
      setTimeoutCustom: action => action(), isTypedArray: value => ArrayBuffer.isView(value) && !(value instanceof DataView),
    });
    // Threads of the script would need workers; the pool of engines takes their place.
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
    await human.init();
    await human.load();
    return JSON.stringify({ backend: tf.getBackend(), library: human.version, loaded: human.models.loaded() });
  };
  globalThis.space = length => new Uint8Array(length);
  globalThis.look = async (pixels, width, height) => {
    const tensor = human.tf.tensor(pixels, [1, height, width, 3], 'float32');
    try {
      const seen = await human.detect(tensor);
      if (seen.error) throw new Error(seen.error);
      return JSON.stringify(seen.face.map(face => ({
        score: face.score, box: face.box, yaw: face.rotation?.angle.yaw ?? 0, pitch: face.rotation?.angle.pitch ?? 0, roll: face.rotation?.angle.roll ?? 0,
        real: face.real ?? 0, live: face.live ?? 0, description: face.embedding ?? [], mesh: face.mesh.flat(),
      })));
    } finally {
      human.tf.dispose(tensor);
    }
  };
  globalThis.triangles = () => JSON.stringify(human.faceTriangulation);
})();
