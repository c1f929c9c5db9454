// A relying party built on npm openid-client, which shares no code with the platform. Its person sits at another program's browser, so it
// works in two steps: `begin SETTINGS` prints the address to open and what must be remembered, `finish SETTINGS REMEMBERED ADDRESS` takes the
// address that the browser was sent back to. Settings and what is remembered are JSON. A refusal ends with status 1 and its code.
import * as client from 'openid-client';

const [step, settings, ...rest] = [process.argv[2], JSON.parse(process.argv[3]), ...process.argv.slice(4)];

// openid-client trusts TLS for what comes straight from the token endpoint; without TLS, and to judge the signatures, it checks them too.
const options = { execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks] };
const authentication = settings.clientSecret ? client.ClientSecretBasic(settings.clientSecret) : client.None();

const print = (value) => console.log(JSON.stringify(value));

async function begin(config) {
  const remembered = { verifier: client.randomPKCECodeVerifier(), state: client.randomState(), nonce: client.randomNonce() };
  const parameters = {
    redirect_uri: settings.redirectUri,
    scope: settings.scope,
    code_challenge: await client.calculatePKCECodeChallenge(remembered.verifier),
    code_challenge_method: 'S256',
    state: remembered.state,
    nonce: remembered.nonce,
  };
  const url = settings.pushed ? await client.buildAuthorizationUrlWithPAR(config, parameters) : client.buildAuthorizationUrl(config, parameters);
  print({ url: url.href, remembered });
}

// One character of the ID token's signature is another one.
async function tampering(url, init) {
  const response = await fetch(url, init);
  const body = await response.clone().json().catch(() => undefined);
  if (!body?.id_token) {
    return response;
  }

  const [header, payload, signature] = body.id_token.split('.');
  const changed = (signature[0] === 'A' ? 'B' : 'A') + signature.slice(1);
  return Response.json({ ...body, id_token: [header, payload, changed].join('.') });
}

async function finish(config) {
  const [remembered, address] = [JSON.parse(rest[0]), new URL(rest[1])];
  if (settings.tamper) {
    config[client.customFetch] = tampering;
  }

  const tokens = await client.authorizationCodeGrant(config, address, {
    pkceCodeVerifier: remembered.verifier, expectedState: remembered.state, expectedNonce: remembered.nonce, idTokenExpected: true,
  });
  const claims = tokens.claims();
  const user = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
  const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
  const again = await client.refreshTokenGrant(config, tokens.refresh_token).then(() => 'accepted', (e) => e.error);
  const family = await client.refreshTokenGrant(config, refreshed.refresh_token).then(() => 'accepted', (e) => e.error);
  const logout = client.buildEndSessionUrl(config, { id_token_hint: refreshed.id_token ?? tokens.id_token, post_logout_redirect_uri: settings.redirectUri, state: 'goodbye' });
  print({ claims, user, rotated: refreshed.refresh_token !== tokens.refresh_token, again, family, logout: logout.href });
}

try {
  const config = await client.discovery(new URL(settings.issuer), settings.clientId, undefined, authentication, options);
  await (step === 'begin' ? begin(config) : finish(config));
} catch (e) {
  print({ refused: e.error ?? e.code ?? e.name, because: e.cause?.message ?? e.message });
  process.exitCode = 1;
}
