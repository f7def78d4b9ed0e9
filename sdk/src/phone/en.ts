/** Texts of the phone's page in English, the language that is always there. */
export const en = {
  loading: 'One moment…',
  working: 'One moment…',
  prompting: 'Follow the instructions of your phone.',

  title: 'Sign in on another device?',
  computer: 'Computer',
  site: 'Site',
  age: 'Asked',
  seconds: '{seconds} seconds ago',
  browser_on_system: '{browser} on {system}',
  unknown_browser: 'unknown browser',
  unknown_system: 'unknown system',
  warning:
    'Continue only if you see this code on a screen in front of you, on a page of {rp_id} that you have opened yourself.',
  go: 'Continue',
  no: 'It was not me',

  code_title: 'Your code',
  type_it: 'Type it only at {rp_id}, on the computer in front of you. Tell it to nobody.',

  again_title: 'Not signed in yet',
  'again.cancelled': 'Nothing happened: the request was closed or no passkey was chosen.',
  'again.no_passkey': 'This passkey is not known there. Choose another one.',
  'again.failed': 'The passkey could not be checked. Please try again.',

  over_title: 'This is over',
  'over.no_code': 'Scan the code on the computer’s screen once more.',
  'over.expired': 'The code has expired. Ask for a new one on the computer and scan that.',
  'over.code_expired': 'The time to type the code is over.',
  'over.claimed':
    'This code was scanned twice, so nobody is signed in. Ask for a new one on the computer, and keep it from being seen.',
  'over.denied': 'It is stopped. Nobody was signed in.',
  'over.user_disabled': 'This account is suspended.',
  'over.no_passkey': 'There is no such account.',
  'over.unreachable': 'The sign-in service cannot be reached. Please try again in a moment.',
  'over.not_supported': 'This browser cannot use passkeys. Scan the code with an up-to-date browser.',
  'over.no_related_origins':
    'This browser cannot use the passkey of another site here. Scan the code with an up-to-date Chrome or Safari.',
  'over.not_listed': 'Your phone’s browser does not let this page use the passkeys of {rp_id}.',
  'over.other': 'Something went wrong. Please scan a new code.',
  'owner.not_listed':
    'For the owner of {rp_id}: https://{rp_id}/.well-known/webauthn has to list {origin}.',
};
