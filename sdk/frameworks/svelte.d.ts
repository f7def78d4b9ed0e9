// The elements in markup, for Svelte 5. `import type {} from '@masterkey2/sdk/svelte'` once.
import type { HTMLAttributes } from 'svelte/elements';
import type { AuthenticateAttributes, ElementEvents, RegisterAttributes } from './attributes.js';

type Handlers<Events> = { [Name in keyof Events & string as `on${Name}`]?: (event: Events[Name]) => void };
type Base = Omit<HTMLAttributes<HTMLElement>, 'onerror'>;
type Authenticate = Base & AuthenticateAttributes & Handlers<ElementEvents['authenticate']>;

declare module 'svelte/elements' {
  interface SvelteHTMLElements {
    'masterkey2-authenticate': Authenticate;
    'masterkey2-passkey-button': Authenticate;
    'masterkey2-qr': Authenticate;
    'masterkey2-register': Base & RegisterAttributes & Handlers<ElementEvents['register']>;
  }
}
