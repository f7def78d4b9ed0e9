import type { Messages } from '../en.js';

/** Texts in Polish. */
const messages: Messages = {
  sign_in: 'Zaloguj się kluczem dostępu',
  register: 'Utwórz klucz dostępu',
  preparing: 'Chwileczkę…',
  prompting: 'Postępuj zgodnie z instrukcjami przeglądarki lub urządzenia.',
  verifying: 'Sprawdzanie…',
  tap_again: 'Już prawie: naciśnij przycisk jeszcze raz.',
  signed_in: 'Zalogowano.',
  registered: 'Twój klucz dostępu jest gotowy do użycia.',

  use_phone: 'Użyj zamiast tego telefonu',
  use_device: 'Użyj tego urządzenia lub klucza bezpieczeństwa',
  qr_name: 'Kod QR do logowania telefonem',
  qr_caption: 'Zeskanuj ten kod aparatem telefonu i wykonaj pokazane tam kroki.',
  qr_time: 'Ważny jeszcze {time}',
  qr_soon: 'Kod jest ważny krócej niż minutę.',
  qr_refresh: 'Pokaż nowy kod',
  qr_scanned: 'Zeskanowano. Kontynuuj na telefonie.',
  qr_confirm: 'Wpisz kod, który pokazuje telefon.',
  qr_code: 'Kod na telefonie',
  qr_submit: 'Potwierdź',
  qr_digits: 'Kod ma sześć cyfr.',
  qr_tries: 'To nie jest ten kod. Pozostałe próby: {count}.',

  panel_title: 'Uwierzytelnianie niedostępne',
  panel_owner: 'Dla właścicieli tej witryny: {detail}',

  'error.configuration_error': 'Na tej stronie nie można w tej chwili używać kluczy dostępu.',
  'error.insecure_context':
    'Klucze dostępu wymagają bezpiecznego połączenia. Otwórz tę stronę pod adresem, który zaczyna się od https://.',
  'error.not_supported':
    'Ta przeglądarka nie obsługuje kluczy dostępu. Otwórz tę stronę w aktualnej przeglądarce.',
  'error.user_cancelled':
    'Nic się nie stało: żądanie zostało zamknięte albo nie wybrano klucza dostępu.',
  'error.timeout': 'Trwało to zbyt długo. Spróbuj ponownie.',
  'error.credential_not_found': 'Ten klucz dostępu nie jest tu znany. Najpierw go utwórz.',
  'error.user_disabled': 'To konto jest zawieszone.',
  'error.already_registered': 'To urządzenie ma już klucz dostępu do Twojego konta.',
  'error.credential_exists': 'Ten klucz dostępu jest już zarejestrowany.',
  'error.credential_limit': 'Twoje konto ma już największą dozwoloną liczbę kluczy dostępu.',
  'error.server_unreachable': 'Nie można połączyć się z usługą logowania. Spróbuj ponownie.',
  'error.busy': 'Usługa logowania jest zajęta. Spróbuj ponownie za chwilę.',
  'error.stale': 'Ta strona jest otwarta zbyt długo. Odśwież ją i spróbuj ponownie.',
  'error.expired': 'Żądanie wygasło. Spróbuj ponownie.',
  'error.assertion_failed':
    'Ta witryna nie mogła potwierdzić, kim jesteś. Zaloguj się ponownie i spróbuj jeszcze raz.',
  'error.verification_failed': 'Nie udało się zweryfikować klucza dostępu. Spróbuj ponownie.',
  'error.authenticator_error': 'Urządzenie nie mogło dokończyć żądania. Spróbuj ponownie.',
  'error.qr_expired': 'Kod wygasł.',
  'error.qr_denied': 'Logowanie odrzucono na telefonie albo kod zeskanowano dwa razy.',
  'error.qr_code_mismatch': 'Kody się nie zgadzały. Zacznij od nowa z nowym kodem.',
  'error.prf_unavailable':
    'Temu kluczowi dostępu brakuje funkcji, której potrzebuje ta witryna. Spróbuj innego.',
  'error.other': 'Coś poszło nie tak. Spróbuj ponownie.',

  'owner.missing_attribute': 'brakuje atrybutu „{name}”.',
  'owner.bad_url': 'atrybut „{name}” nie jest poprawnym adresem.',
  'owner.ip_address':
    'klucze dostępu wymagają nazwy hosta, a nie adresu IP. Podczas programowania użyj localhost.',
  'owner.rp_id_mismatch': 'RP ID dzierżawcy nie pasuje do domeny tej strony.',
  'owner.origin_not_allowed': 'origin tej strony nie jest wpisany u dzierżawcy.',
  'owner.permissions_policy': 'Permissions-Policy zabrania kluczy dostępu w tej ramce.',
  'owner.token': 'token tej strony został odrzucony. Pobieraj nowy przy każdym wyświetleniu.',
  'owner.bad_answer': 'pod adresem api-base-url nie odpowiada serwer MasterKey2.',
  'owner.other': 'zobacz przewodnik integracji.',
};

export default messages;
