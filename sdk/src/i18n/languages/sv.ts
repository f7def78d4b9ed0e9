import type { Messages } from '../en.js';

/** Texts in Swedish. */
const messages: Messages = {
  sign_in: 'Logga in med en lösennyckel',
  register: 'Skapa en lösennyckel',
  preparing: 'Ett ögonblick …',
  prompting: 'Följ anvisningarna i webbläsaren eller på enheten.',
  verifying: 'Kontrollerar …',
  tap_again: 'Nästan klart: tryck på knappen en gång till.',
  signed_in: 'Du är inloggad.',
  registered: 'Din lösennyckel är klar att använda.',

  use_phone: 'Använd telefonen i stället',
  use_device: 'Använd den här enheten eller en säkerhetsnyckel',
  qr_name: 'QR-kod för att logga in med telefonen',
  qr_caption: 'Skanna koden med telefonens kamera och följ stegen där.',
  qr_time: 'Gäller i {time}',
  qr_soon: 'Koden gäller i mindre än en minut.',
  qr_refresh: 'Visa en ny kod',
  qr_scanned: 'Skannad. Fortsätt på telefonen.',
  qr_confirm: 'Skriv koden som telefonen visar.',
  qr_code: 'Koden på telefonen',
  qr_submit: 'Bekräfta',
  qr_digits: 'Koden har sex siffror.',
  qr_tries: 'Det är inte rätt kod. Försök kvar: {count}.',

  panel_title: 'Inloggning är inte tillgänglig',
  panel_owner: 'Till webbplatsens ägare: {detail}',

  'error.configuration_error': 'Lösennycklar kan inte användas på den här sidan just nu.',
  'error.insecure_context':
    'Lösennycklar kräver en säker anslutning. Öppna sidan med en adress som börjar med https://.',
  'error.not_supported':
    'Den här webbläsaren kan inte använda lösennycklar. Öppna sidan i en aktuell webbläsare.',
  'error.user_cancelled': 'Inget hände: begäran stängdes eller så valdes ingen lösennyckel.',
  'error.timeout': 'Det tog för lång tid. Försök igen.',
  'error.credential_not_found': 'Lösennyckeln är inte känd här. Skapa en först.',
  'error.user_disabled': 'Kontot är avstängt.',
  'error.already_registered': 'Enheten har redan en lösennyckel för ditt konto.',
  'error.credential_exists': 'Lösennyckeln är redan registrerad.',
  'error.credential_limit': 'Ditt konto har redan så många lösennycklar som det får ha.',
  'error.server_unreachable': 'Inloggningstjänsten kan inte nås. Försök igen.',
  'error.busy': 'Inloggningstjänsten är upptagen. Försök igen om en stund.',
  'error.stale': 'Sidan har varit öppen för länge. Ladda om den och försök igen.',
  'error.expired': 'Begäran har gått ut. Försök igen.',
  'error.assertion_failed':
    'Webbplatsen kunde inte bekräfta vem du är. Logga in på nytt och försök igen.',
  'error.verification_failed': 'Lösennyckeln kunde inte verifieras. Försök igen.',
  'error.authenticator_error': 'Enheten kunde inte slutföra begäran. Försök igen.',
  'error.qr_expired': 'Koden har gått ut.',
  'error.qr_denied': 'Inloggningen avvisades på telefonen, eller så skannades koden två gånger.',
  'error.qr_code_mismatch': 'Koderna stämde inte överens. Börja om med en ny.',
  'error.prf_unavailable':
    'Den här passkeyn saknar en funktion som webbplatsen behöver. Prova en annan.',
  'error.other': 'Något gick fel. Försök igen.',

  'owner.missing_attribute': 'attributet ”{name}” saknas.',
  'owner.bad_url': 'attributet ”{name}” är ingen användbar adress.',
  'owner.ip_address':
    'lösennycklar kräver ett värdnamn, inte en IP-adress. Använd localhost under utveckling.',
  'owner.rp_id_mismatch': 'klientorganisationens RP-ID stämmer inte med sidans domän.',
  'owner.origin_not_allowed': 'sidans origin är inte upptagen för klientorganisationen.',
  'owner.permissions_policy': 'en Permissions-Policy förbjuder lösennycklar i den här ramen.',
  'owner.token': 'sidans token avvisades. Hämta en för varje visning.',
  'owner.bad_answer': 'ingen MasterKey2-server svarar på api-base-url.',
  'owner.other': 'se integrationsguiden.',
};

export default messages;
