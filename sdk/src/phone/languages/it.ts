import type { PhoneMessages } from '../texts.js';

/** Texts of the phone's page in Italian. */
const messages: PhoneMessages = {
  loading: 'Un momento…',
  working: 'Un momento…',
  prompting: 'Segui le istruzioni del telefono.',
  title: 'Accedere su un altro dispositivo?',
  computer: 'Computer',
  site: 'Sito',
  age: 'Richiesto',
  seconds: '{seconds} secondi fa',
  browser_on_system: '{browser} su {system}',
  unknown_browser: 'browser sconosciuto',
  unknown_system: 'sistema sconosciuto',
  warning:
    'Continua solo se vedi questo codice su uno schermo davanti a te, su una pagina di {rp_id} che hai aperto tu.',
  go: 'Continua',
  no: 'Non sono stato io',
  code_title: 'Il tuo codice',
  type_it: 'Digitalo solo su {rp_id}, sul computer davanti a te. Non dirlo a nessuno.',
  again_title: 'Accesso non ancora eseguito',
  'again.cancelled':
    'Non è successo nulla: la richiesta è stata chiusa o non è stata scelta alcuna passkey.',
  'again.no_passkey': 'Questa passkey non è conosciuta lì. Scegline un’altra.',
  'again.failed': 'Non è stato possibile verificare la passkey. Riprova.',
  over_title: 'È finita',
  'over.no_code': 'Scansiona di nuovo il codice sullo schermo del computer.',
  'over.expired': 'Il codice è scaduto. Chiedine uno nuovo sul computer e scansionalo.',
  'over.code_expired': 'Il tempo per digitare il codice è scaduto.',
  'over.claimed':
    'Questo codice è stato scansionato due volte, quindi nessuno ha eseguito l’accesso. Chiedine uno nuovo sul computer e non farlo vedere ad altri.',
  'over.denied': 'È stato interrotto. Nessuno ha eseguito l’accesso.',
  'over.user_disabled': 'Questo account è sospeso.',
  'over.no_passkey': 'Questo account non esiste.',
  'over.unreachable': 'Il servizio di accesso non è raggiungibile. Riprova tra un momento.',
  'over.not_supported':
    'Questo browser non può usare passkey. Scansiona il codice con un browser aggiornato.',
  'over.no_related_origins':
    'Questo browser non può usare qui la passkey di un altro sito. Scansiona il codice con una versione recente di Chrome o Safari.',
  'over.not_listed':
    'Il browser del telefono non permette a questa pagina di usare le passkey di {rp_id}.',
  'over.other': 'Qualcosa è andato storto. Scansiona un nuovo codice.',
  'owner.not_listed':
    'Per chi gestisce {rp_id}: https://{rp_id}/.well-known/webauthn deve elencare {origin}.',
};

export default messages;
