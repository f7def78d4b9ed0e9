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
