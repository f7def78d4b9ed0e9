// The elements in templates, for Vue 3. `import type {} from '@masterkey2/sdk/vue'` once.
import type { DefineComponent } from 'vue';
import type { AuthenticateAttributes, ElementEvents, RegisterAttributes } from './attributes.js';

type Handlers<Events> = {
  [Name in keyof Events & string as `on${Capitalize<Name>}`]?: (event: Events[Name]) => void;
};
type Authenticate = DefineComponent<AuthenticateAttributes & Handlers<ElementEvents['authenticate']>>;
type Register = DefineComponent<RegisterAttributes & Handlers<ElementEvents['register']>>;

declare module 'vue' {
  interface GlobalComponents {
    'masterkey2-authenticate': Authenticate;
    'masterkey2-passkey-button': Authenticate;
    'masterkey2-qr': Authenticate;
    'masterkey2-register': Register;
  }
}
