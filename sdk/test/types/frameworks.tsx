// What sites with React, Vue and Svelte write: compiled by `npm run check`, never run.
import type {} from '@masterkey2/sdk/react';
import type {} from '@masterkey2/sdk/svelte';
import type {} from '@masterkey2/sdk/vue';
import { createElement } from 'react';
import type { SvelteHTMLElements } from 'svelte/elements';
import type { GlobalComponents } from 'vue';

export const login = (
  <masterkey2-authenticate
    api-base-url="https://auth.example.com"
    token="t"
    mode="both"
    autofill
    prf={{ salt: 'notes' }}
    onsuccess={(event) => console.log(event.detail.token, event.detail.method)}
    onerror={(event) => console.log(event.detail.code, event.detail.error.message)}
    ref={(element) => element?.refreshQr()}
  />
);
export const register = (
  <masterkey2-register api-base-url="https://auth.example.com" assertion-url="/token" name="Key" upgrade />
);
export const others = [<masterkey2-qr token="t" />, <masterkey2-passkey-button token="t" />];
createElement('div');

const svelte: SvelteHTMLElements['masterkey2-authenticate'] = {
  token: 't',
  'form-field': 'mk2_token',
  onsuccess: (event) => console.log(event.detail.user.external_id),
};
const vue: InstanceType<GlobalComponents['masterkey2-register']>['$props'] = {
  'assertion-url': '/token',
  onSuccess: (event) => console.log(event.detail.credential),
};
console.log(svelte, vue);

// @ts-expect-error: no such mode
export const wrongMode = <masterkey2-authenticate mode="sideways" />;
// @ts-expect-error: a name is text
export const wrongElement = <masterkey2-register name={7} />;
// @ts-expect-error: no such attribute
const wrongSvelte: SvelteHTMLElements['masterkey2-qr'] = { qr: true, onsuccess: 7 };
// @ts-expect-error: a name is text
const wrongVue: InstanceType<GlobalComponents['masterkey2-register']>['$props'] = { name: 7 };
console.log(wrongSvelte, wrongVue);
