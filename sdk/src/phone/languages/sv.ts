import type { PhoneMessages } from '../texts.js';

/** Texts of the phone's page in Swedish. */
const messages: PhoneMessages = {
  loading: 'Ett ögonblick …',
  working: 'Ett ögonblick …',
  prompting: 'Följ anvisningarna på telefonen.',
  title: 'Logga in på en annan enhet?',
  computer: 'Dator',
  site: 'Webbplats',
  age: 'Begärt',
  seconds: 'för {seconds} sekunder sedan',
  browser_on_system: '{browser} på {system}',
  unknown_browser: 'okänd webbläsare',
  unknown_system: 'okänt system',
  warning:
    'Fortsätt bara om du ser den här koden på en skärm framför dig, på en sida hos {rp_id} som du själv har öppnat.',
  go: 'Fortsätt',
  no: 'Det var inte jag',
  code_title: 'Din kod',
  type_it: 'Skriv den bara hos {rp_id}, på datorn framför dig. Säg den inte till någon.',
  again_title: 'Inte inloggad ännu',
  'again.cancelled': 'Ingenting hände: förfrågan stängdes eller ingen nyckel valdes.',
  'again.no_passkey': 'Den här nyckeln är inte känd där. Välj en annan.',
  'again.failed': 'Nyckeln kunde inte kontrolleras. Försök igen.',
  over_title: 'Det här är över',
  'over.no_code': 'Skanna koden på datorns skärm en gång till.',
  'over.expired': 'Koden har gått ut. Be om en ny på datorn och skanna den.',
  'over.code_expired': 'Tiden för att skriva koden är över.',
  'over.claimed':
    'Koden har skannats två gånger, så ingen är inloggad. Be om en ny på datorn och låt ingen annan se den.',
  'over.denied': 'Det är stoppat. Ingen loggades in.',
  'over.user_disabled': 'Det här kontot är spärrat.',
  'over.no_passkey': 'Det finns inget sådant konto.',
  'over.unreachable': 'Inloggningstjänsten kan inte nås. Försök igen om ett ögonblick.',
  'over.not_supported':
    'Den här webbläsaren kan inte använda nycklar. Skanna koden med en uppdaterad webbläsare.',
  'over.no_related_origins':
    'Den här webbläsaren kan inte använda en annan webbplats nyckel här. Skanna koden med en aktuell Chrome eller Safari.',
  'over.not_listed':
    'Telefonens webbläsare låter inte den här sidan använda nycklarna för {rp_id}.',
  'over.other': 'Något gick fel. Skanna en ny kod.',
  'owner.not_listed':
    'Till den som driver {rp_id}: https://{rp_id}/.well-known/webauthn måste innehålla {origin}.',
};

export default messages;
