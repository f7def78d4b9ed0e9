import type { Messages } from '../en.js';

/** Texts in Dutch. */
const messages: Messages = {
  sign_in: 'Inloggen met een passkey',
  register: 'Een passkey maken',
  preparing: 'Een ogenblik…',
  prompting: 'Volg de instructies van je browser of apparaat.',
  verifying: 'Controleren…',
  tap_again: 'Bijna klaar: druk nog één keer op de knop.',
  signed_in: 'Je bent ingelogd.',
  registered: 'Je passkey is klaar voor gebruik.',

  use_phone: 'Gebruik in plaats daarvan je telefoon',
  use_device: 'Gebruik dit apparaat of een beveiligingssleutel',
  qr_name: 'QR-code om met je telefoon in te loggen',
  qr_caption: 'Scan deze code met de camera van je telefoon en volg de stappen daar.',
  qr_time: 'Nog {time} geldig',
  qr_soon: 'De code is minder dan een minuut geldig.',
  qr_refresh: 'Toon een nieuwe code',
  qr_scanned: 'Gescand. Ga verder op je telefoon.',
  qr_confirm: 'Typ de code die je telefoon toont.',
  qr_code: 'Code op je telefoon',
  qr_submit: 'Bevestigen',
  qr_digits: 'De code heeft zes cijfers.',
  qr_tries: 'Dat is niet de code. Resterende pogingen: {count}.',

  panel_title: 'Inloggen niet beschikbaar',
  panel_owner: 'Voor de beheerders van deze site: {detail}',

  'error.configuration_error': 'Op deze pagina kunnen op dit moment geen passkeys worden gebruikt.',
  'error.insecure_context':
    'Passkeys hebben een beveiligde verbinding nodig. Open deze pagina met een adres dat begint met https://.',
  'error.not_supported':
    'Deze browser kan geen passkeys gebruiken. Open deze pagina in een actuele browser.',
  'error.user_cancelled':
    'Er is niets gebeurd: het verzoek is gesloten of er is geen passkey gekozen.',
  'error.timeout': 'Dat duurde te lang. Probeer het opnieuw.',
  'error.credential_not_found': 'Deze passkey is hier niet bekend. Maak er eerst een.',
  'error.user_disabled': 'Dit account is geblokkeerd.',
  'error.already_registered': 'Dit apparaat heeft al een passkey voor je account.',
  'error.credential_exists': 'Deze passkey is al geregistreerd.',
  'error.credential_limit': 'Je account heeft al het maximale aantal passkeys.',
  'error.server_unreachable': 'De inlogdienst is niet bereikbaar. Probeer het opnieuw.',
  'error.busy': 'De inlogdienst is druk. Probeer het zo opnieuw.',
  'error.stale': 'Deze pagina staat te lang open. Laad haar opnieuw en probeer het nog eens.',
  'error.expired': 'Het verzoek is verlopen. Probeer het opnieuw.',
  'error.assertion_failed':
    'Deze site kon niet vaststellen wie je bent. Log opnieuw in en probeer het nog eens.',
  'error.verification_failed': 'De passkey kon niet worden gecontroleerd. Probeer het opnieuw.',
  'error.authenticator_error': 'Het apparaat kon het verzoek niet afronden. Probeer het opnieuw.',
  'error.qr_expired': 'De code is verlopen.',
  'error.qr_denied': 'Het inloggen is op de telefoon geweigerd, of de code is twee keer gescand.',
  'error.qr_code_mismatch': 'De codes kwamen niet overeen. Begin opnieuw met een nieuwe.',
  'error.prf_unavailable':
    'Deze passkey mist een functie die deze site nodig heeft. Probeer een andere.',
  'error.other': 'Er ging iets mis. Probeer het opnieuw.',

  'owner.missing_attribute': 'het attribuut ‘{name}’ ontbreekt.',
  'owner.bad_url': 'het attribuut ‘{name}’ is geen bruikbaar adres.',
  'owner.ip_address':
    'passkeys hebben een hostnaam nodig, geen IP-adres. Gebruik tijdens het ontwikkelen localhost.',
  'owner.rp_id_mismatch': 'de RP ID van de tenant past niet bij het domein van deze pagina.',
  'owner.origin_not_allowed': 'de origin van deze pagina staat niet bij de tenant.',
  'owner.permissions_policy': 'een Permissions-Policy verbiedt passkeys in dit frame.',
  'owner.token': 'het token van deze pagina is geweigerd. Haal er voor elke weergave een op.',
  'owner.bad_answer': 'op api-base-url antwoordt geen MasterKey2-server.',
  'owner.other': 'zie de integratiegids.',
};

export default messages;
