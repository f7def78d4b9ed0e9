import type { Messages } from '../en.js';

/** Texts in French. */
const messages: Messages = {
  sign_in: 'Se connecter avec une clé d’accès',
  register: 'Créer une clé d’accès',
  preparing: 'Un instant…',
  prompting: 'Suivez les instructions de votre navigateur ou de votre appareil.',
  verifying: 'Vérification…',
  tap_again: 'Presque terminé : appuyez encore une fois sur le bouton.',
  signed_in: 'Vous êtes connecté.',
  registered: 'Votre clé d’accès est prête.',

  use_phone: 'Utiliser plutôt votre téléphone',
  use_device: 'Utiliser cet appareil ou une clé de sécurité',
  qr_name: 'Code QR pour se connecter avec votre téléphone',
  qr_caption:
    'Scannez ce code avec l’appareil photo de votre téléphone et suivez les étapes affichées.',
  qr_time: 'Valable encore {time}',
  qr_soon: 'Le code est valable moins d’une minute.',
  qr_refresh: 'Afficher un nouveau code',
  qr_scanned: 'Scanné. Continuez sur votre téléphone.',
  qr_confirm: 'Saisissez le code affiché par votre téléphone.',
  qr_code: 'Code sur votre téléphone',
  qr_submit: 'Confirmer',
  qr_digits: 'Le code comporte six chiffres.',
  qr_tries: 'Ce n’est pas le bon code. Essais restants : {count}.',

  panel_title: 'Authentification indisponible',
  panel_owner: 'Pour les responsables de ce site : {detail}',

  'error.configuration_error':
    'Les clés d’accès ne peuvent pas être utilisées sur cette page pour le moment.',
  'error.insecure_context':
    'Les clés d’accès exigent une connexion sécurisée. Ouvrez cette page avec une adresse qui commence par https://.',
  'error.not_supported':
    'Ce navigateur ne prend pas en charge les clés d’accès. Ouvrez cette page dans un navigateur à jour.',
  'error.user_cancelled':
    'Rien ne s’est passé : la demande a été fermée ou aucune clé d’accès n’a été choisie.',
  'error.timeout': 'Le délai est dépassé. Veuillez réessayer.',
  'error.credential_not_found': 'Cette clé d’accès n’est pas connue ici. Créez-en d’abord une.',
  'error.user_disabled': 'Ce compte est suspendu.',
  'error.already_registered': 'Cet appareil a déjà une clé d’accès pour votre compte.',
  'error.credential_exists': 'Cette clé d’accès est déjà enregistrée.',
  'error.credential_limit': 'Votre compte a atteint le nombre maximal de clés d’accès.',
  'error.server_unreachable': 'Le service de connexion est injoignable. Veuillez réessayer.',
  'error.busy': 'Le service de connexion est occupé. Veuillez réessayer dans un instant.',
  'error.stale': 'Cette page est ouverte depuis trop longtemps. Rechargez-la et réessayez.',
  'error.expired': 'La demande a expiré. Veuillez réessayer.',
  'error.assertion_failed':
    'Ce site n’a pas pu confirmer votre identité. Reconnectez-vous et réessayez.',
  'error.verification_failed': 'La clé d’accès n’a pas pu être vérifiée. Veuillez réessayer.',
  'error.authenticator_error': 'L’appareil n’a pas pu terminer la demande. Veuillez réessayer.',
  'error.qr_expired': 'Le code a expiré.',
  'error.qr_denied':
    'La connexion a été refusée sur le téléphone, ou le code a été scanné deux fois.',
  'error.qr_code_mismatch': 'Les codes ne correspondaient pas. Recommencez avec un nouveau.',
  'error.prf_unavailable':
    'Il manque à cette clé d’accès une fonction dont ce site a besoin. Essayez-en une autre.',
  'error.other': 'Une erreur s’est produite. Veuillez réessayer.',

  'owner.missing_attribute': 'l’attribut « {name} » manque.',
  'owner.bad_url': 'l’attribut « {name} » n’est pas une adresse utilisable.',
  'owner.ip_address':
    'les clés d’accès exigent un nom d’hôte, pas une adresse IP. En développement, utilisez localhost.',
  'owner.rp_id_mismatch': 'le RP ID du locataire ne correspond pas au domaine de cette page.',
  'owner.origin_not_allowed': 'l’origine de cette page n’est pas déclarée pour le locataire.',
  'owner.permissions_policy': 'une Permissions-Policy interdit les clés d’accès dans ce cadre.',
  'owner.token': 'le jeton de cette page a été refusé. Demandez-en un à chaque rendu.',
  'owner.bad_answer': 'aucun serveur MasterKey2 ne répond à l’adresse api-base-url.',
  'owner.other': 'voir le guide d’intégration.',
};

export default messages;
