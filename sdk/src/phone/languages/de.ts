import type { PhoneMessages } from '../texts.js';

/** Texts of the phone's page in German. */
const messages: PhoneMessages = {
  loading: 'Einen Moment …',
  working: 'Einen Moment …',
  prompting: 'Folgen Sie den Anweisungen Ihres Telefons.',
  title: 'Auf einem anderen Gerät anmelden?',
  computer: 'Computer',
  site: 'Website',
  age: 'Angefragt',
  seconds: 'vor {seconds} Sekunden',
  browser_on_system: '{browser} unter {system}',
  unknown_browser: 'unbekannter Browser',
  unknown_system: 'unbekanntes System',
  warning:
    'Fahren Sie nur fort, wenn Sie diesen Code auf einem Bildschirm vor sich sehen, auf einer Seite von {rp_id}, die Sie selbst geöffnet haben.',
  go: 'Weiter',
  no: 'Das war ich nicht',
  code_title: 'Ihr Code',
  type_it: 'Geben Sie ihn nur bei {rp_id} ein, am Computer vor Ihnen. Sagen Sie ihn niemandem.',
  again_title: 'Noch nicht angemeldet',
  'again.cancelled':
    'Es ist nichts passiert: Die Anfrage wurde geschlossen oder es wurde kein Passkey gewählt.',
  'again.no_passkey': 'Dieser Passkey ist dort nicht bekannt. Wählen Sie einen anderen.',
  'again.failed': 'Der Passkey konnte nicht geprüft werden. Bitte versuchen Sie es noch einmal.',
  over_title: 'Das ist vorbei',
  'over.no_code': 'Scannen Sie den Code auf dem Bildschirm des Computers noch einmal.',
  'over.expired':
    'Der Code ist abgelaufen. Fordern Sie am Computer einen neuen an und scannen Sie ihn.',
  'over.code_expired': 'Die Zeit, den Code einzugeben, ist vorbei.',
  'over.claimed':
    'Dieser Code wurde zweimal gescannt, deshalb ist niemand angemeldet. Fordern Sie am Computer einen neuen an und lassen Sie ihn niemanden sehen.',
  'over.denied': 'Der Vorgang ist beendet. Niemand wurde angemeldet.',
  'over.user_disabled': 'Dieses Konto ist gesperrt.',
  'over.no_passkey': 'Dieses Konto gibt es nicht.',
  'over.unreachable':
    'Der Anmeldedienst ist nicht erreichbar. Bitte versuchen Sie es gleich noch einmal.',
  'over.not_supported':
    'Dieser Browser kann keine Passkeys verwenden. Scannen Sie den Code mit einem aktuellen Browser.',
  'over.no_related_origins':
    'Dieser Browser kann hier den Passkey einer anderen Website nicht verwenden. Scannen Sie den Code mit einem aktuellen Chrome oder Safari.',
  'over.not_listed':
    'Der Browser Ihres Telefons lässt diese Seite die Passkeys von {rp_id} nicht verwenden.',
  'over.other': 'Etwas ist schiefgegangen. Bitte scannen Sie einen neuen Code.',
  'owner.not_listed':
    'Für die Betreiber von {rp_id}: https://{rp_id}/.well-known/webauthn muss {origin} aufführen.',
};

export default messages;
