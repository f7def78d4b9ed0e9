import type { PhoneMessages } from '../texts.js';

/** Texts of the phone's page in Brazilian Portuguese. */
const messages: PhoneMessages = {
  loading: 'Um momento…',
  working: 'Um momento…',
  prompting: 'Siga as instruções do seu celular.',
  title: 'Entrar em outro dispositivo?',
  computer: 'Computador',
  site: 'Site',
  age: 'Solicitado',
  seconds: 'há {seconds} segundos',
  browser_on_system: '{browser} no {system}',
  unknown_browser: 'navegador desconhecido',
  unknown_system: 'sistema desconhecido',
  warning:
    'Continue somente se você vê este código em uma tela à sua frente, em uma página de {rp_id} que você mesmo abriu.',
  go: 'Continuar',
  no: 'Não fui eu',
  code_title: 'Seu código',
  type_it: 'Digite-o somente em {rp_id}, no computador à sua frente. Não o diga a ninguém.',
  again_title: 'Ainda não conectado',
  'again.cancelled':
    'Nada aconteceu: a solicitação foi fechada ou nenhuma chave de acesso foi escolhida.',
  'again.no_passkey': 'Esta chave de acesso não é conhecida lá. Escolha outra.',
  'again.failed': 'Não foi possível verificar a chave de acesso. Tente novamente.',
  over_title: 'Isto acabou',
  'over.no_code': 'Escaneie mais uma vez o código na tela do computador.',
  'over.expired': 'O código expirou. Peça um novo no computador e escaneie-o.',
  'over.code_expired': 'O tempo para digitar o código acabou.',
  'over.claimed':
    'Este código foi escaneado duas vezes, então ninguém entrou. Peça um novo no computador e não deixe que outros o vejam.',
  'over.denied': 'Foi interrompido. Ninguém entrou.',
  'over.user_disabled': 'Esta conta está suspensa.',
  'over.no_passkey': 'Essa conta não existe.',
  'over.unreachable': 'Não foi possível acessar o serviço de login. Tente novamente em instantes.',
  'over.not_supported':
    'Este navegador não pode usar chaves de acesso. Escaneie o código com um navegador atualizado.',
  'over.no_related_origins':
    'Este navegador não pode usar aqui a chave de acesso de outro site. Escaneie o código com uma versão atual do Chrome ou do Safari.',
  'over.not_listed':
    'O navegador do seu celular não deixa esta página usar as chaves de acesso de {rp_id}.',
  'over.other': 'Algo deu errado. Escaneie um novo código.',
  'owner.not_listed':
    'Para os responsáveis por {rp_id}: https://{rp_id}/.well-known/webauthn precisa listar {origin}.',
};

export default messages;
