import type { PhoneMessages } from '../texts.js';

/** Texts of the phone's page in Polish. */
const messages: PhoneMessages = {
  loading: 'Chwileczkę…',
  working: 'Chwileczkę…',
  prompting: 'Postępuj zgodnie z instrukcjami telefonu.',
  title: 'Zalogować się na innym urządzeniu?',
  computer: 'Komputer',
  site: 'Witryna',
  age: 'Zapytano',
  seconds: '{seconds} s temu',
  browser_on_system: '{browser}, {system}',
  unknown_browser: 'nieznana przeglądarka',
  unknown_system: 'nieznany system',
  warning:
    'Kontynuuj tylko wtedy, gdy widzisz ten kod na ekranie przed sobą, na stronie {rp_id}, którą otwarto przez Ciebie.',
  go: 'Kontynuuj',
  no: 'To nie ja',
  code_title: 'Twój kod',
  type_it: 'Wpisz go tylko na {rp_id}, na komputerze przed sobą. Nie podawaj go nikomu.',
  again_title: 'Jeszcze nie zalogowano',
  'again.cancelled': 'Nic się nie stało: żądanie zamknięto albo nie wybrano klucza dostępu.',
  'again.no_passkey': 'Ten klucz dostępu nie jest tam znany. Wybierz inny.',
  'again.failed': 'Nie udało się sprawdzić klucza dostępu. Spróbuj ponownie.',
  over_title: 'To koniec',
  'over.no_code': 'Zeskanuj jeszcze raz kod z ekranu komputera.',
  'over.expired': 'Kod wygasł. Poproś na komputerze o nowy i zeskanuj go.',
  'over.code_expired': 'Minął czas na wpisanie kodu.',
  'over.claimed':
    'Ten kod zeskanowano dwa razy, więc nikt nie jest zalogowany. Poproś na komputerze o nowy i nie pokazuj go nikomu.',
  'over.denied': 'Zatrzymano. Nikt nie został zalogowany.',
  'over.user_disabled': 'To konto jest zawieszone.',
  'over.no_passkey': 'Nie ma takiego konta.',
  'over.unreachable': 'Usługa logowania jest nieosiągalna. Spróbuj ponownie za chwilę.',
  'over.not_supported':
    'Ta przeglądarka nie obsługuje kluczy dostępu. Zeskanuj kod w aktualnej przeglądarce.',
  'over.no_related_origins':
    'Ta przeglądarka nie może tu użyć klucza dostępu innej witryny. Zeskanuj kod w aktualnej wersji Chrome lub Safari.',
  'over.not_listed': 'Przeglądarka telefonu nie pozwala tej stronie używać kluczy dostępu {rp_id}.',
  'over.other': 'Coś poszło nie tak. Zeskanuj nowy kod.',
  'owner.not_listed':
    'Dla właściciela {rp_id}: https://{rp_id}/.well-known/webauthn musi zawierać {origin}.',
};

export default messages;
