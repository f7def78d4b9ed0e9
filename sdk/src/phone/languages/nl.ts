import type { PhoneMessages } from '../texts.js';

/** Texts of the phone's page in Dutch. */
const messages: PhoneMessages = {
  loading: 'Een ogenblik…',
  working: 'Een ogenblik…',
  prompting: 'Volg de aanwijzingen van uw telefoon.',
  title: 'Inloggen op een ander apparaat?',
  computer: 'Computer',
  site: 'Site',
  age: 'Gevraagd',
  seconds: '{seconds} seconden geleden',
  browser_on_system: '{browser} op {system}',
  unknown_browser: 'onbekende browser',
  unknown_system: 'onbekend systeem',
  warning:
    'Ga alleen door als u deze code op een scherm voor u ziet, op een pagina van {rp_id} die u zelf hebt geopend.',
  go: 'Doorgaan',
  no: 'Dat was ik niet',
  code_title: 'Uw code',
  type_it: 'Typ hem alleen bij {rp_id}, op de computer voor u. Vertel hem aan niemand.',
  again_title: 'Nog niet ingelogd',
  'again.cancelled': 'Er is niets gebeurd: het verzoek is gesloten of er is geen passkey gekozen.',
  'again.no_passkey': 'Deze passkey is daar niet bekend. Kies een andere.',
  'again.failed': 'De passkey kon niet worden gecontroleerd. Probeer het opnieuw.',
  over_title: 'Dit is voorbij',
  'over.no_code': 'Scan de code op het scherm van de computer nog een keer.',
  'over.expired': 'De code is verlopen. Vraag op de computer een nieuwe en scan die.',
  'over.code_expired': 'De tijd om de code te typen is voorbij.',
  'over.claimed':
    'Deze code is twee keer gescand, dus er is niemand ingelogd. Vraag op de computer een nieuwe en laat hem aan niemand zien.',
  'over.denied': 'Het is gestopt. Er is niemand ingelogd.',
  'over.user_disabled': 'Dit account is geblokkeerd.',
  'over.no_passkey': 'Dit account bestaat niet.',
  'over.unreachable': 'De inlogdienst is niet bereikbaar. Probeer het zo opnieuw.',
  'over.not_supported':
    'Deze browser kan geen passkeys gebruiken. Scan de code met een bijgewerkte browser.',
  'over.no_related_origins':
    'Deze browser kan hier de passkey van een andere site niet gebruiken. Scan de code met een actuele Chrome of Safari.',
  'over.not_listed':
    'De browser van uw telefoon laat deze pagina de passkeys van {rp_id} niet gebruiken.',
  'over.other': 'Er is iets misgegaan. Scan een nieuwe code.',
  'owner.not_listed':
    'Voor de beheerder van {rp_id}: https://{rp_id}/.well-known/webauthn moet {origin} bevatten.',
};

export default messages;
