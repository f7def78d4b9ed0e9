import type { Messages } from '../en.js';

/** Texts in Italian. */
const messages: Messages = {
  sign_in: 'Accedi con una passkey',
  register: 'Crea una passkey',
  preparing: 'Un momento…',
  prompting: 'Segui le istruzioni del browser o del dispositivo.',
  verifying: 'Verifica in corso…',
  tap_again: 'Ci siamo quasi: premi ancora una volta il pulsante.',
  signed_in: 'Hai effettuato l’accesso.',
  registered: 'La tua passkey è pronta.',

  use_phone: 'Usa invece il telefono',
  use_device: 'Usa questo dispositivo o una chiave di sicurezza',
  qr_name: 'Codice QR per accedere con il telefono',
  qr_caption:
    'Inquadra questo codice con la fotocamera del telefono e segui le istruzioni che vedi lì.',
  qr_time: 'Valido ancora per {time}',
  qr_soon: 'Il codice è valido per meno di un minuto.',
  qr_refresh: 'Mostra un nuovo codice',
  qr_scanned: 'Scansionato. Continua sul telefono.',
  qr_confirm: 'Digita il codice mostrato dal telefono.',
  qr_code: 'Codice sul telefono',
  qr_submit: 'Conferma',
  qr_digits: 'Il codice ha sei cifre.',
  qr_tries: 'Il codice non è giusto. Tentativi rimasti: {count}.',

  panel_title: 'Autenticazione non disponibile',
  panel_owner: 'Per i gestori di questo sito: {detail}',

  'error.configuration_error': 'Al momento non è possibile usare le passkey in questa pagina.',
  'error.insecure_context':
    'Le passkey richiedono una connessione sicura. Apri questa pagina con un indirizzo che inizia con https://.',
  'error.not_supported':
    'Questo browser non supporta le passkey. Apri questa pagina in un browser aggiornato.',
  'error.user_cancelled':
    'Non è successo nulla: la richiesta è stata chiusa o non è stata scelta alcuna passkey.',
  'error.timeout': 'Ci è voluto troppo tempo. Riprova.',
  'error.credential_not_found': 'Questa passkey non è conosciuta qui. Creane prima una.',
  'error.user_disabled': 'Questo account è sospeso.',
  'error.already_registered': 'Questo dispositivo ha già una passkey per il tuo account.',
  'error.credential_exists': 'Questa passkey è già registrata.',
  'error.credential_limit': 'Il tuo account ha già il numero massimo di passkey.',
  'error.server_unreachable': 'Il servizio di accesso non è raggiungibile. Riprova.',
  'error.busy': 'Il servizio di accesso è occupato. Riprova tra un momento.',
  'error.stale': 'Questa pagina è aperta da troppo tempo. Ricaricala e riprova.',
  'error.expired': 'La richiesta è scaduta. Riprova.',
  'error.assertion_failed':
    'Questo sito non ha potuto confermare la tua identità. Accedi di nuovo e riprova.',
  'error.verification_failed': 'Non è stato possibile verificare la passkey. Riprova.',
  'error.authenticator_error': 'Il dispositivo non ha potuto completare la richiesta. Riprova.',
  'error.qr_expired': 'Il codice è scaduto.',
  'error.qr_denied':
    'L’accesso è stato rifiutato sul telefono oppure il codice è stato scansionato due volte.',
  'error.qr_code_mismatch': 'I codici non corrispondevano. Ricomincia con uno nuovo.',
  'error.prf_unavailable':
    'A questa passkey manca una funzione necessaria a questo sito. Provane un’altra.',
  'error.other': 'Qualcosa è andato storto. Riprova.',

  'owner.missing_attribute': 'manca l’attributo «{name}».',
  'owner.bad_url': 'l’attributo «{name}» non è un indirizzo utilizzabile.',
  'owner.ip_address':
    'le passkey richiedono un nome host, non un indirizzo IP. Durante lo sviluppo usa localhost.',
  'owner.rp_id_mismatch': 'l’RP ID del tenant non corrisponde al dominio di questa pagina.',
  'owner.origin_not_allowed': 'l’origine di questa pagina non è elencata per il tenant.',
  'owner.permissions_policy': 'una Permissions-Policy vieta le passkey in questo frame.',
  'owner.token': 'il token di questa pagina è stato rifiutato. Richiedine uno a ogni caricamento.',
  'owner.bad_answer': 'nessun server MasterKey2 risponde ad api-base-url.',
  'owner.other': 'consulta la guida all’integrazione.',
};

export default messages;
