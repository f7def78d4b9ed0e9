import type { Messages } from '../en.js';

/** Texts in Brazilian Portuguese. */
const messages: Messages = {
  sign_in: 'Entrar com uma chave de acesso',
  register: 'Criar uma chave de acesso',
  preparing: 'Um momento…',
  prompting: 'Siga as instruções do seu navegador ou dispositivo.',
  verifying: 'Verificando…',
  tap_again: 'Quase lá: pressione o botão mais uma vez.',
  signed_in: 'Você entrou.',
  registered: 'Sua chave de acesso está pronta para uso.',

  use_phone: 'Usar o celular em vez disso',
  use_device: 'Usar este dispositivo ou uma chave de segurança',
  qr_name: 'Código QR para entrar com o celular',
  qr_caption: 'Leia este código com a câmera do celular e siga as etapas mostradas lá.',
  qr_time: 'Válido por {time}',
  qr_soon: 'O código é válido por menos de um minuto.',
  qr_refresh: 'Mostrar um novo código',
  qr_scanned: 'Código lido. Continue no celular.',
  qr_confirm: 'Digite o código que o celular mostra.',
  qr_code: 'Código no celular',
  qr_submit: 'Confirmar',
  qr_digits: 'O código tem seis dígitos.',
  qr_tries: 'Esse não é o código. Tentativas restantes: {count}.',

  panel_title: 'Autenticação indisponível',
  panel_owner: 'Para os responsáveis por este site: {detail}',

  'error.configuration_error': 'No momento não é possível usar chaves de acesso nesta página.',
  'error.insecure_context':
    'As chaves de acesso exigem uma conexão segura. Abra esta página com um endereço que comece com https://.',
  'error.not_supported':
    'Este navegador não oferece suporte a chaves de acesso. Abra esta página em um navegador atualizado.',
  'error.user_cancelled':
    'Nada aconteceu: a solicitação foi fechada ou nenhuma chave de acesso foi escolhida.',
  'error.timeout': 'Demorou demais. Tente novamente.',
  'error.credential_not_found': 'Esta chave de acesso não é conhecida aqui. Crie uma primeiro.',
  'error.user_disabled': 'Esta conta está suspensa.',
  'error.already_registered': 'Este dispositivo já tem uma chave de acesso para sua conta.',
  'error.credential_exists': 'Esta chave de acesso já está registrada.',
  'error.credential_limit': 'Sua conta já tem o número máximo de chaves de acesso.',
  'error.server_unreachable': 'Não foi possível contatar o serviço de login. Tente novamente.',
  'error.busy': 'O serviço de login está ocupado. Tente novamente em instantes.',
  'error.stale': 'Esta página ficou aberta por tempo demais. Recarregue-a e tente novamente.',
  'error.expired': 'A solicitação expirou. Tente novamente.',
  'error.assertion_failed':
    'Este site não conseguiu confirmar quem você é. Entre de novo e tente novamente.',
  'error.verification_failed': 'Não foi possível verificar a chave de acesso. Tente novamente.',
  'error.authenticator_error':
    'O dispositivo não conseguiu concluir a solicitação. Tente novamente.',
  'error.qr_expired': 'O código expirou.',
  'error.qr_denied': 'O acesso foi recusado no celular ou o código foi lido duas vezes.',
  'error.qr_code_mismatch': 'Os códigos não coincidiram. Comece de novo com outro.',
  'error.prf_unavailable':
    'Falta a esta chave de acesso um recurso de que este site precisa. Tente outra.',
  'error.other': 'Algo deu errado. Tente novamente.',

  'owner.missing_attribute': 'falta o atributo “{name}”.',
  'owner.bad_url': 'o atributo “{name}” não é um endereço utilizável.',
  'owner.ip_address':
    'as chaves de acesso exigem um nome de host, não um endereço IP. Durante o desenvolvimento, use localhost.',
  'owner.rp_id_mismatch': 'o RP ID do locatário não corresponde ao domínio desta página.',
  'owner.origin_not_allowed': 'a origem desta página não está listada no locatário.',
  'owner.permissions_policy': 'uma Permissions-Policy proíbe chaves de acesso neste quadro.',
  'owner.token': 'o token desta página foi recusado. Obtenha um a cada renderização.',
  'owner.bad_answer': 'nenhum servidor MasterKey2 responde em api-base-url.',
  'owner.other': 'consulte o guia de integração.',
};

export default messages;
