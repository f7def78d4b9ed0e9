// The elements in JSX, for React 19. `import type {} from '@masterkey2/sdk/react'` once.
import type { DetailedHTMLProps, HTMLAttributes } from 'react';
import type {
  MasterKey2Authenticate,
  MasterKey2PasskeyButton,
  MasterKey2Qr,
  MasterKey2Register,
} from '../dist/types/index.js';
import type { AuthenticateAttributes, ElementEvents, RegisterAttributes } from './attributes.js';

/** React 19 listens to a custom event `x` by the property `onx`. */
type Handlers<Events> = { [Name in keyof Events & string as `on${Name}`]?: (event: Events[Name]) => void };
type Base<Element> = Omit<DetailedHTMLProps<HTMLAttributes<Element>, Element>, 'onError' | 'hints'>;
type Authenticate<Element> = Base<Element> & AuthenticateAttributes & Handlers<ElementEvents['authenticate']>;

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'masterkey2-authenticate': Authenticate<MasterKey2Authenticate>;
      'masterkey2-passkey-button': Authenticate<MasterKey2PasskeyButton>;
      'masterkey2-qr': Authenticate<MasterKey2Qr>;
      'masterkey2-register': Base<MasterKey2Register> & RegisterAttributes & Handlers<ElementEvents['register']>;
    }
  }
}
