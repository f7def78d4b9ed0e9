import type { Messages } from '../en.js';

/** Texts in German. */
const messages: Messages = {
  sign_in: 'Mit Passkey anmelden',
  register: 'Passkey erstellen',
  preparing: 'Einen Moment …',
  prompting: 'Folgen Sie den Anweisungen Ihres Browsers oder Geräts.',
  verifying: 'Wird geprüft …',
  tap_again: 'Fast geschafft: Drücken Sie die Schaltfläche noch einmal.',
  signed_in: 'Sie sind angemeldet.',
  registered: 'Ihr Passkey ist einsatzbereit.',

  use_phone: 'Stattdessen das Telefon verwenden',
  use_device: 'Dieses Gerät oder einen Sicherheitsschlüssel verwenden',
  qr_name: 'QR-Code für die Anmeldung mit dem Telefon',
  qr_caption:
    'Scannen Sie diesen Code mit der Kamera Ihres Telefons und folgen Sie den Schritten dort.',
  qr_time: 'Gültig noch {time}',
  qr_soon: 'Der Code ist weniger als eine Minute gültig.',
  qr_refresh: 'Neuen Code anzeigen',
  qr_scanned: 'Gescannt. Machen Sie auf dem Telefon weiter.',
  qr_confirm: 'Geben Sie den Code ein, den Ihr Telefon anzeigt.',
  qr_code: 'Code auf Ihrem Telefon',
  qr_submit: 'Bestätigen',
  qr_digits: 'Der Code hat sechs Ziffern.',
  qr_tries: 'Das ist nicht der Code. Verbleibende Versuche: {count}.',

  panel_title: 'Anmeldung nicht verfügbar',
  panel_owner: 'Für die Betreiber dieser Website: {detail}',

  'error.configuration_error': 'Auf dieser Seite können zurzeit keine Passkeys verwendet werden.',
  'error.insecure_context':
    'Passkeys brauchen eine sichere Verbindung. Öffnen Sie diese Seite unter einer Adresse, die mit https:// beginnt.',
  'error.not_supported':
    'Dieser Browser kann keine Passkeys verwenden. Öffnen Sie diese Seite in einem aktuellen Browser.',
  'error.user_cancelled':
    'Es ist nichts passiert: Die Anfrage wurde geschlossen oder es wurde kein Passkey gewählt.',
  'error.timeout': 'Das hat zu lange gedauert. Bitte versuchen Sie es noch einmal.',
  'error.credential_not_found':
    'Dieser Passkey ist hier nicht bekannt. Erstellen Sie zuerst einen.',
  'error.user_disabled': 'Dieses Konto ist gesperrt.',
  'error.already_registered': 'Auf diesem Gerät gibt es schon einen Passkey für Ihr Konto.',
  'error.credential_exists': 'Dieser Passkey ist bereits registriert.',
  'error.credential_limit': 'Ihr Konto hat bereits so viele Passkeys, wie es haben darf.',
  'error.server_unreachable':
    'Der Anmeldedienst ist nicht erreichbar. Bitte versuchen Sie es noch einmal.',
  'error.busy': 'Der Anmeldedienst ist ausgelastet. Bitte versuchen Sie es gleich noch einmal.',
  'error.stale':
    'Diese Seite war zu lange geöffnet. Laden Sie sie neu und versuchen Sie es noch einmal.',
  'error.expired': 'Die Anfrage ist abgelaufen. Bitte versuchen Sie es noch einmal.',
  'error.assertion_failed':
    'Diese Website konnte nicht feststellen, wer Sie sind. Melden Sie sich neu an und versuchen Sie es noch einmal.',
  'error.verification_failed':
    'Der Passkey konnte nicht geprüft werden. Bitte versuchen Sie es noch einmal.',
  'error.authenticator_error':
    'Das Gerät konnte die Anfrage nicht abschließen. Bitte versuchen Sie es noch einmal.',
  'error.qr_expired': 'Der Code ist abgelaufen.',
  'error.qr_denied':
    'Die Anmeldung wurde auf dem Telefon abgelehnt, oder der Code wurde zweimal gescannt.',
  'error.qr_code_mismatch': 'Die Codes stimmten nicht überein. Beginnen Sie mit einem neuen.',
  'error.prf_unavailable':
    'Diesem Passkey fehlt eine Funktion, die diese Website braucht. Versuchen Sie einen anderen.',
  'error.other': 'Etwas ist schiefgegangen. Bitte versuchen Sie es noch einmal.',

  'owner.missing_attribute': 'Das Attribut „{name}“ fehlt.',
  'owner.bad_url': 'Das Attribut „{name}“ enthält keine brauchbare Adresse.',
  'owner.ip_address':
    'Passkeys brauchen einen Hostnamen statt einer IP-Adresse. Nehmen Sie zum Entwickeln localhost.',
  'owner.rp_id_mismatch': 'Die RP-ID des Mandanten passt nicht zur Domain dieser Seite.',
  'owner.origin_not_allowed': 'Der Origin dieser Seite ist beim Mandanten nicht eingetragen.',
  'owner.permissions_policy': 'Eine Permissions-Policy verbietet Passkeys in diesem Frame.',
  'owner.token':
    'Das Token dieser Seite wurde abgelehnt. Holen Sie für jede Auslieferung ein eigenes.',
  'owner.bad_answer': 'Unter api-base-url antwortet kein MasterKey2-Server.',
  'owner.other': 'Siehe Integrationsanleitung.',
};

export default messages;
