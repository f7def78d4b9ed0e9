// The pages of the site. They return text.
import { html } from './html.mjs';

function layout({ title, scripts = [], body }) {
  return String(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Lantern</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/site.css">
${scripts.reduce((all, src) => html`${all}<script type="module" src="${src}"></script>
`, html``)}</head>
<body>
<header><a href="/"><img src="/icon.svg" alt="" width="28" height="28">Lantern</a><span>a MasterKey2 demo</span></header>
<main>
${body}
</main>
</body>
</html>
`);
}

const sdk = (masterkey2) => `${masterkey2}/sdk/masterkey2.js`;
const noScript = html`<noscript><p class="note">Signing in with a passkey needs JavaScript.</p></noscript>`;

export function loginPage({ masterkey2, token }) {
  return layout({
    title: 'Sign in',
    scripts: [sdk(masterkey2), '/login.js'],
    body: html`<h1>Welcome back</h1>
<p>Sign in with your fingerprint, your face or a security key.</p>
<masterkey2-authenticate api-base-url="${masterkey2}" token="${token}"></masterkey2-authenticate>
${noScript}
<p id="note" class="note" role="alert"></p>
<p class="aside">New here? <a href="/register">Create an account</a></p>`,
  });
}

export function signUpPage({ problem }) {
  return layout({
    title: 'Create an account',
    body: html`<h1>Create an account</h1>
<p>All we need is a name. There is no password to think up.</p>
<form method="post" action="/sign-up">
<label for="name">Your name</label>
<input id="name" name="name" required maxlength="64" autocomplete="name" autofocus>
<button type="submit">Continue</button>
</form>
<p class="note" role="alert">${problem}</p>
<p class="aside">Have a passkey already? <a href="/login">Sign in</a></p>`,
  });
}

export function registerPage({ masterkey2, name }) {
  return layout({
    title: 'Add a passkey',
    scripts: [sdk(masterkey2), '/register.js'],
    body: html`<h1>Hello, ${name}</h1>
<p>Add a passkey: from then on your device signs you in, and nobody can steal what you do not type.</p>
<masterkey2-register api-base-url="${masterkey2}" assertion-url="/api/mk2-user-token" name="Lantern, ${name}"></masterkey2-register>
${noScript}
<p id="next" class="aside" hidden>Try it out: <a href="/login">sign in with your passkey</a></p>`,
  });
}

export function accountPage({ name, userId, signedIn }) {
  return layout({
    title: 'Your account',
    body: html`<h1>Hello, ${name}</h1>
<p class="good">You are signed in, and this site’s server has checked it with MasterKey2.</p>
<dl>
<dt>Account</dt><dd id="external-id">${userId}</dd>
<dt>Signed in at</dt><dd>${signedIn.auth_time}</dd>
<dt>User verified</dt><dd>${signedIn.user_verified ? 'yes' : 'no'}</dd>
<dt>Passkey</dt><dd>${signedIn.credential_id}</dd>
</dl>
<form method="post" action="/sign-out"><button type="submit" class="quiet">Sign out</button></form>
<p class="aside"><a href="/register">Add another passkey</a></p>`,
  });
}

export function errorPage(title, text) {
  return layout({ title, body: html`<h1>${title}</h1><p>${text}</p><p class="aside"><a href="/">Start page</a></p>` });
}
