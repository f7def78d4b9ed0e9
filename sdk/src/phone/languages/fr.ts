import type { PhoneMessages } from '../texts.js';

/** Texts of the phone's page in French. */
const messages: PhoneMessages = {
  loading: 'Un instant…',
  working: 'Un instant…',
  prompting: 'Suivez les instructions de votre téléphone.',
  title: 'Se connecter sur un autre appareil ?',
  computer: 'Ordinateur',
  site: 'Site',
  age: 'Demandé',
  seconds: 'il y a {seconds} secondes',
  browser_on_system: '{browser} sous {system}',
  unknown_browser: 'navigateur inconnu',
  unknown_system: 'système inconnu',
  warning:
    'Continuez seulement si vous voyez ce code sur un écran devant vous, sur une page de {rp_id} que vous avez ouverte vous-même.',
  go: 'Continuer',
  no: 'Ce n’était pas moi',
  code_title: 'Votre code',
  type_it:
    'Saisissez-le uniquement sur {rp_id}, sur l’ordinateur devant vous. Ne le dites à personne.',
  again_title: 'Pas encore connecté',
  'again.cancelled':
    'Il ne s’est rien passé : la demande a été fermée ou aucune clé d’accès n’a été choisie.',
  'again.no_passkey': 'Cette clé d’accès n’y est pas connue. Choisissez-en une autre.',
  'again.failed': 'La clé d’accès n’a pas pu être vérifiée. Veuillez réessayer.',
  over_title: 'C’est terminé',
  'over.no_code': 'Scannez encore une fois le code sur l’écran de l’ordinateur.',
  'over.expired': 'Le code a expiré. Demandez-en un nouveau sur l’ordinateur et scannez-le.',
  'over.code_expired': 'Le temps pour saisir le code est écoulé.',
  'over.claimed':
    'Ce code a été scanné deux fois, donc personne n’est connecté. Demandez-en un nouveau sur l’ordinateur et ne le laissez voir à personne.',
  'over.denied': 'C’est arrêté. Personne n’a été connecté.',
  'over.user_disabled': 'Ce compte est suspendu.',
  'over.no_passkey': 'Ce compte n’existe pas.',
  'over.unreachable':
    'Le service de connexion est injoignable. Veuillez réessayer dans un instant.',
  'over.not_supported':
    'Ce navigateur ne peut pas utiliser de clés d’accès. Scannez le code avec un navigateur à jour.',
  'over.no_related_origins':
    'Ce navigateur ne peut pas utiliser ici la clé d’accès d’un autre site. Scannez le code avec une version récente de Chrome ou de Safari.',
  'over.not_listed':
    'Le navigateur de votre téléphone ne laisse pas cette page utiliser les clés d’accès de {rp_id}.',
  'over.other': 'Une erreur s’est produite. Veuillez scanner un nouveau code.',
  'owner.not_listed':
    'Pour les responsables de {rp_id} : https://{rp_id}/.well-known/webauthn doit contenir {origin}.',
};

export default messages;
