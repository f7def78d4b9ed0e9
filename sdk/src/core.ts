/** Everything but the elements. Importing it needs no DOM. */
export { MasterKey2, MasterKey2 as default } from './master_key2.js';
export type {
  AuthenticateOptions,
  CallOptions,
  MasterKey2Config,
  Passkey,
  QrOptions,
  QrSession,
  RegisterOptions,
} from './master_key2.js';
export type { AuthenticationResult } from './authenticate.js';
export type { RegistrationResult } from './register.js';
export type { Capabilities } from './capabilities.js';
export type { User } from './client.js';
export type { ErrorCode } from './error_codes.js';
export { MasterKey2Error, type ErrorInfo } from './errors.js';
export { MK2Events, type ErrorDetail, type MK2Event, type MK2EventMap } from './events.js';
export type { Mode } from './mode.js';
export type { PrfOptions, PrfOutput } from './prf.js';
export type { Probe, WantedMode } from './probe.js';
export type { CrossDeviceState } from './qr/cross_device.js';
export type { Messages } from './i18n/en.js';
export { VERSION } from './version.js';
