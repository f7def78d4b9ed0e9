// What a site in TypeScript writes against the package: compiled by `npm run check`, never run.
import MasterKey2, { MasterKey2Error, MK2Events, type ErrorCode } from '@masterkey2/sdk';
import { MasterKey2 as Core } from '@masterkey2/sdk/core';
import german from '@masterkey2/sdk/i18n/de';

const auth = new MasterKey2({ apiBaseUrl: 'https://auth.example.com', token: 't', debug: true });
MasterKey2.addMessages('de', { ...german, sign_in: 'Los' });

const off: () => void = auth.on(MK2Events.AUTH_SUCCESS, ({ user, token }) => {
  const name: string | undefined = user.display_name;
  console.log(name, user.external_id, token.length);
});
auth.once(MK2Events.AUTH_ERROR, ({ code, error, recoverable }) => {
  const word: ErrorCode = code;
  console.log(word, error.message, error.retryAfter?.toFixed(), recoverable);
});
off();

const result = await auth.passkey.authenticate({ onError: (error) => console.log(error.code) });
if (result) console.log(result.user.id, result.method);
await auth.passkey.register({ getToken: async () => 'u', name: 'Key' });
await new Core({ apiBaseUrl: 'https://auth.example.com' }).passkey.abort();

const element = document.createElement('masterkey2-authenticate');
element.apiBaseUrl = 'https://auth.example.com';
element.autofill = true;
console.log(element.state === 'ready', document.querySelector('masterkey2-register')?.assertionUrl);

try {
  await auth.passkey.authenticate();
} catch (error) {
  if (error instanceof MasterKey2Error && error.code === 'user_cancelled') console.log('quiet');
}

// @ts-expect-error: no such event
auth.on('mk2:nonsense', () => undefined);
// @ts-expect-error: apiBaseUrl is required
new MasterKey2({});
// @ts-expect-error: no such code
const nonsense: ErrorCode = 'nonsense';
console.log(nonsense);

const session = auth.qr.start({ onUrl: (url, until) => console.log(url, until), onState: (state, left) => console.log(state === 'confirm', left) });
const right: boolean = await session.confirm('123456');
console.log(right, (await session.result)?.method === 'qr', (await auth.capabilities()).hybridTransport);
auth.on(MK2Events.QR_CONFIRM, ({ attemptsLeft }) => console.log(attemptsLeft?.toFixed()));
const key = await result?.prf?.deriveKey('notes');
console.log(key?.extractable, document.querySelector('masterkey2-qr')?.refreshQr());
