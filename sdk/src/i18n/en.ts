/** Texts in English, the language that is always there. Every other language has the same keys. */
export const en = {
  sign_in: 'Sign in with a passkey',
  register: 'Create a passkey',
  preparing: 'One moment…',
  prompting: 'Follow the instructions of your browser or device.',
  verifying: 'Checking…',
  tap_again: 'Almost there: press the button once more.',
  signed_in: 'You are signed in.',
  registered: 'Your passkey is ready to use.',

  use_phone: 'Use your phone instead',
  use_device: 'Use this device or a security key',
  qr_name: 'QR code for signing in with your phone',
  qr_caption: 'Scan this code with the camera of your phone and follow the steps there.',
  qr_time: 'Valid for {time}',
  qr_soon: 'The code is valid for less than a minute.',
  qr_refresh: 'Show a new code',
  qr_scanned: 'Scanned. Continue on your phone.',
  qr_confirm: 'Type the code that your phone shows.',
  qr_code: 'Code on your phone',
  qr_submit: 'Confirm',
  qr_digits: 'The code has six digits.',
  qr_tries: 'That is not the code. Tries left: {count}.',

  panel_title: 'Authentication Unavailable',
  panel_owner: 'For the owner of this site: {detail}',

  'error.configuration_error': 'Passkeys cannot be used on this page at the moment.',
  'error.insecure_context':
    'Passkeys need a secure connection. Open this page with an address that begins with https://.',
  'error.not_supported':
    'This browser cannot use passkeys. Open this page in an up-to-date browser.',
  'error.user_cancelled': 'Nothing happened: the request was closed or no passkey was chosen.',
  'error.timeout': 'That took too long. Please try again.',
  'error.credential_not_found': 'This passkey is not known here. Create one first.',
  'error.user_disabled': 'This account is suspended.',
  'error.already_registered': 'This device already has a passkey for your account.',
  'error.credential_exists': 'This passkey is registered already.',
  'error.credential_limit': 'Your account has as many passkeys as it may have.',
  'error.server_unreachable': 'The sign-in service cannot be reached. Please try again.',
  'error.busy': 'The sign-in service is busy. Please try again in a moment.',
  'error.stale': 'This page has been open for too long. Reload it and try again.',
  'error.expired': 'The request has expired. Please try again.',
  'error.assertion_failed': 'This site could not confirm who you are. Sign in again and retry.',
  'error.verification_failed': 'The passkey could not be verified. Please try again.',
  'error.authenticator_error': 'The device could not complete the request. Please try again.',
  'error.qr_expired': 'The code has expired.',
  'error.qr_denied': 'The sign-in was declined on the phone, or the code was scanned twice.',
  'error.qr_code_mismatch': 'The codes did not match. Start again with a new one.',
  'error.prf_unavailable': 'This passkey lacks a feature that this site needs. Try another one.',
  'error.other': 'Something went wrong. Please try again.',

  'owner.missing_attribute': 'the attribute “{name}” is missing.',
  'owner.bad_url': 'the attribute “{name}” is not a usable address.',
  'owner.ip_address':
    'passkeys need a host name, not an IP address. During development use localhost.',
  'owner.rp_id_mismatch': 'the RP ID of the tenant does not match the domain of this page.',
  'owner.origin_not_allowed': 'the origin of this page is not listed for the tenant.',
  'owner.permissions_policy': 'a permissions policy forbids passkeys in this frame.',
  'owner.token': 'the token of this page was refused. Fetch one for each rendering.',
  'owner.bad_answer': 'no MasterKey2 server answers at api-base-url.',
  'owner.other': 'see the integration guide.',
};

export type MessageKey = keyof typeof en;
export type Messages = Readonly<Record<MessageKey, string>>;
