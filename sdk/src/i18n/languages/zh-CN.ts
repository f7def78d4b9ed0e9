import type { Messages } from '../en.js';

/** Texts in Simplified Chinese. */
const messages: Messages = {
  sign_in: '使用通行密钥登录',
  register: '创建通行密钥',
  preparing: '请稍候…',
  prompting: '请按照浏览器或设备的提示操作。',
  verifying: '正在验证…',
  tap_again: '即将完成：请再按一次按钮。',
  signed_in: '您已登录。',
  registered: '您的通行密钥已可使用。',

  panel_title: '无法进行身份验证',
  panel_owner: '致本网站的管理者：{detail}',

  'error.configuration_error': '此页面目前无法使用通行密钥。',
  'error.insecure_context': '通行密钥需要安全连接。请使用以 https:// 开头的网址打开此页面。',
  'error.not_supported': '此浏览器不支持通行密钥。请使用最新的浏览器打开此页面。',
  'error.user_cancelled': '未执行任何操作：请求已关闭，或未选择通行密钥。',
  'error.timeout': '用时过长。请重试。',
  'error.credential_not_found': '此处没有这个通行密钥的记录。请先创建一个。',
  'error.user_disabled': '此账号已被停用。',
  'error.already_registered': '此设备上已有您账号的通行密钥。',
  'error.credential_exists': '此通行密钥已经注册。',
  'error.credential_limit': '您账号的通行密钥数量已达上限。',
  'error.server_unreachable': '无法连接登录服务。请重试。',
  'error.busy': '登录服务繁忙。请稍后重试。',
  'error.stale': '此页面打开时间过长。请重新加载后重试。',
  'error.expired': '请求已过期。请重试。',
  'error.assertion_failed': '本网站无法确认您的身份。请重新登录后重试。',
  'error.verification_failed': '无法验证此通行密钥。请重试。',
  'error.authenticator_error': '设备未能完成请求。请重试。',
  'error.other': '出现问题。请重试。',

  'owner.missing_attribute': '缺少属性“{name}”。',
  'owner.bad_url': '属性“{name}”不是可用的网址。',
  'owner.ip_address': '通行密钥需要主机名，不能使用 IP 地址。开发时请使用 localhost。',
  'owner.rp_id_mismatch': '租户的 RP ID 与此页面的域名不匹配。',
  'owner.origin_not_allowed': '此页面的来源未列入该租户。',
  'owner.permissions_policy': 'Permissions-Policy 禁止在此框架中使用通行密钥。',
  'owner.token': '此页面的令牌被拒绝。请在每次渲染时获取新令牌。',
  'owner.bad_answer': 'api-base-url 处没有 MasterKey2 服务器响应。',
  'owner.other': '请参阅集成指南。',
};

export default messages;
