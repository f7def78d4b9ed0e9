import type { Messages } from '../en.js';

/** Texts in Spanish. */
const messages: Messages = {
  sign_in: 'Iniciar sesión con una llave de acceso',
  register: 'Crear una llave de acceso',
  preparing: 'Un momento…',
  prompting: 'Sigue las instrucciones de tu navegador o dispositivo.',
  verifying: 'Comprobando…',
  tap_again: 'Ya casi está: pulsa el botón una vez más.',
  signed_in: 'Has iniciado sesión.',
  registered: 'Tu llave de acceso está lista.',

  use_phone: 'Usar el teléfono en su lugar',
  use_device: 'Usar este dispositivo o una llave de seguridad',
  qr_name: 'Código QR para iniciar sesión con el teléfono',
  qr_caption: 'Escanea este código con la cámara de tu teléfono y sigue los pasos allí.',
  qr_time: 'Válido durante {time}',
  qr_soon: 'El código es válido menos de un minuto.',
  qr_refresh: 'Mostrar un código nuevo',
  qr_scanned: 'Escaneado. Continúa en tu teléfono.',
  qr_confirm: 'Escribe el código que muestra tu teléfono.',
  qr_code: 'Código de tu teléfono',
  qr_submit: 'Confirmar',
  qr_digits: 'El código tiene seis cifras.',
  qr_tries: 'Ese no es el código. Intentos restantes: {count}.',

  panel_title: 'Autenticación no disponible',
  panel_owner: 'Para los responsables de este sitio: {detail}',

  'error.configuration_error': 'En este momento no se pueden usar llaves de acceso en esta página.',
  'error.insecure_context':
    'Las llaves de acceso necesitan una conexión segura. Abre esta página con una dirección que empiece por https://.',
  'error.not_supported':
    'Este navegador no admite llaves de acceso. Abre esta página en un navegador actualizado.',
  'error.user_cancelled':
    'No ha pasado nada: se cerró la solicitud o no se eligió ninguna llave de acceso.',
  'error.timeout': 'Ha tardado demasiado. Inténtalo de nuevo.',
  'error.credential_not_found': 'Aquí no se conoce esta llave de acceso. Crea una primero.',
  'error.user_disabled': 'Esta cuenta está suspendida.',
  'error.already_registered': 'Este dispositivo ya tiene una llave de acceso para tu cuenta.',
  'error.credential_exists': 'Esta llave de acceso ya está registrada.',
  'error.credential_limit': 'Tu cuenta ya tiene el máximo de llaves de acceso.',
  'error.server_unreachable':
    'No se puede contactar con el servicio de inicio de sesión. Inténtalo de nuevo.',
  'error.busy': 'El servicio de inicio de sesión está ocupado. Inténtalo de nuevo en un momento.',
  'error.stale': 'Esta página lleva demasiado tiempo abierta. Recárgala e inténtalo de nuevo.',
  'error.expired': 'La solicitud ha caducado. Inténtalo de nuevo.',
  'error.assertion_failed':
    'Este sitio no ha podido confirmar quién eres. Inicia sesión otra vez e inténtalo de nuevo.',
  'error.verification_failed': 'No se ha podido verificar la llave de acceso. Inténtalo de nuevo.',
  'error.authenticator_error':
    'El dispositivo no ha podido completar la solicitud. Inténtalo de nuevo.',
  'error.qr_expired': 'El código ha caducado.',
  'error.qr_denied':
    'El inicio de sesión se rechazó en el teléfono o el código se escaneó dos veces.',
  'error.qr_code_mismatch': 'Los códigos no coincidían. Empieza de nuevo con otro.',
  'error.prf_unavailable':
    'A esta llave de acceso le falta una función que este sitio necesita. Prueba con otra.',
  'error.other': 'Algo ha salido mal. Inténtalo de nuevo.',

  'owner.missing_attribute': 'falta el atributo «{name}».',
  'owner.bad_url': 'el atributo «{name}» no es una dirección válida.',
  'owner.ip_address':
    'las llaves de acceso necesitan un nombre de host, no una dirección IP. Para desarrollar, usa localhost.',
  'owner.rp_id_mismatch': 'el RP ID del inquilino no corresponde al dominio de esta página.',
  'owner.origin_not_allowed': 'el origen de esta página no figura en el inquilino.',
  'owner.permissions_policy': 'una Permissions-Policy prohíbe las llaves de acceso en este marco.',
  'owner.token': 'el token de esta página fue rechazado. Pide uno en cada carga.',
  'owner.bad_answer': 'ningún servidor MasterKey2 responde en api-base-url.',
  'owner.other': 'consulta la guía de integración.',
};

export default messages;
