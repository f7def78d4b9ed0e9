// Attributes and events of the elements as frameworks write them.
import type {
  AuthenticationResult,
  ErrorDetail,
  Messages,
  PrfOptions,
  RegistrationResult,
} from '../dist/types/index.js';

interface SharedAttributes {
  'api-base-url'?: string;
  token?: string;
  disabled?: boolean;
  lang?: string;
  timeout?: number | string;
  debug?: boolean;
  /** Property. */
  messages?: Partial<Messages>;
  /** Property. */
  prf?: PrfOptions;
}

export interface AuthenticateAttributes extends SharedAttributes {
  mode?: 'auto' | 'passkey' | 'qr' | 'both';
  autofill?: boolean;
  immediate?: boolean;
  hints?: string;
  'form-field'?: string;
  'qr-poll-interval'?: number | string;
  'qr-expiration-time'?: number | string;
}

export interface RegisterAttributes extends SharedAttributes {
  'assertion-url'?: string;
  'assertion-method'?: 'GET' | 'POST';
  name?: string;
  upgrade?: boolean;
}

interface SharedEvents {
  error: CustomEvent<ErrorDetail>;
  'mk2-state': CustomEvent<{ state: string; previous: string }>;
}

export interface ElementEvents {
  authenticate: SharedEvents & { success: CustomEvent<AuthenticationResult> };
  register: SharedEvents & { success: CustomEvent<RegistrationResult> };
}
