import type { PhoneMessages } from '../texts.js';

/** Texts of the phone's page in Spanish. */
const messages: PhoneMessages = {
  loading: 'Un momento…',
  working: 'Un momento…',
  prompting: 'Siga las instrucciones del teléfono.',
  title: '¿Iniciar sesión en otro dispositivo?',
  computer: 'Ordenador',
  site: 'Sitio',
  age: 'Solicitado',
  seconds: 'hace {seconds} segundos',
  browser_on_system: '{browser} en {system}',
  unknown_browser: 'navegador desconocido',
  unknown_system: 'sistema desconocido',
  warning:
    'Continúe solo si ve este código en una pantalla delante de usted, en una página de {rp_id} que ha abierto usted mismo.',
  go: 'Continuar',
  no: 'No he sido yo',
  code_title: 'Su código',
  type_it: 'Escríbalo solo en {rp_id}, en el ordenador que tiene delante. No se lo diga a nadie.',
  again_title: 'Aún no ha iniciado sesión',
  'again.cancelled':
    'No ha pasado nada: la solicitud se cerró o no se eligió ninguna llave de acceso.',
  'again.no_passkey': 'Esta llave de acceso no se conoce allí. Elija otra.',
  'again.failed': 'No se pudo comprobar la llave de acceso. Inténtelo de nuevo.',
  over_title: 'Esto ha terminado',
  'over.no_code': 'Escanee otra vez el código de la pantalla del ordenador.',
  'over.expired': 'El código ha caducado. Pida uno nuevo en el ordenador y escanéelo.',
  'over.code_expired': 'Se acabó el tiempo para escribir el código.',
  'over.claimed':
    'Este código se ha escaneado dos veces, así que nadie ha iniciado sesión. Pida uno nuevo en el ordenador y no deje que otros lo vean.',
  'over.denied': 'Se ha detenido. Nadie ha iniciado sesión.',
  'over.user_disabled': 'Esta cuenta está suspendida.',
  'over.no_passkey': 'No existe esa cuenta.',
  'over.unreachable':
    'No se puede acceder al servicio de inicio de sesión. Inténtelo de nuevo en un momento.',
  'over.not_supported':
    'Este navegador no puede usar llaves de acceso. Escanee el código con un navegador actualizado.',
  'over.no_related_origins':
    'Este navegador no puede usar aquí la llave de acceso de otro sitio. Escanee el código con una versión actual de Chrome o Safari.',
  'over.not_listed':
    'El navegador de su teléfono no permite que esta página use las llaves de acceso de {rp_id}.',
  'over.other': 'Algo ha salido mal. Escanee un código nuevo.',
  'owner.not_listed':
    'Para los responsables de {rp_id}: https://{rp_id}/.well-known/webauthn tiene que incluir {origin}.',
};

export default messages;
