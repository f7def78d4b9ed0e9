import type { Messages } from '../en.js';

/** Texts in Japanese. */
const messages: Messages = {
  sign_in: 'パスキーでログイン',
  register: 'パスキーを作成',
  preparing: 'お待ちください…',
  prompting: 'ブラウザーまたはデバイスの指示に従ってください。',
  verifying: '確認しています…',
  tap_again: 'あと少しです。もう一度ボタンを押してください。',
  signed_in: 'ログインしました。',
  registered: 'パスキーを使用できるようになりました。',

  panel_title: '認証を利用できません',
  panel_owner: 'このサイトの管理者の方へ: {detail}',

  'error.configuration_error': '現在、このページではパスキーを使用できません。',
  'error.insecure_context': 'パスキーには安全な接続が必要です。https:// で始まるアドレスでこのページを開いてください。',
  'error.not_supported': 'このブラウザーはパスキーに対応していません。最新のブラウザーでこのページを開いてください。',
  'error.user_cancelled': '処理は行われませんでした。要求が閉じられたか、パスキーが選択されませんでした。',
  'error.timeout': '時間がかかりすぎました。もう一度お試しください。',
  'error.credential_not_found': 'このパスキーはここでは登録されていません。先に作成してください。',
  'error.user_disabled': 'このアカウントは停止されています。',
  'error.already_registered': 'このデバイスには、すでにこのアカウントのパスキーがあります。',
  'error.credential_exists': 'このパスキーはすでに登録されています。',
  'error.credential_limit': 'アカウントのパスキーの数が上限に達しています。',
  'error.server_unreachable': 'ログインサービスに接続できません。もう一度お試しください。',
  'error.busy': 'ログインサービスが混み合っています。しばらくしてからもう一度お試しください。',
  'error.stale': 'このページは長時間開かれたままでした。再読み込みしてからもう一度お試しください。',
  'error.expired': '要求の有効期限が切れました。もう一度お試しください。',
  'error.assertion_failed': 'このサイトはご本人を確認できませんでした。ログインし直してからもう一度お試しください。',
  'error.verification_failed': 'パスキーを検証できませんでした。もう一度お試しください。',
  'error.authenticator_error': 'デバイスが要求を完了できませんでした。もう一度お試しください。',
  'error.other': '問題が発生しました。もう一度お試しください。',

  'owner.missing_attribute': '属性「{name}」がありません。',
  'owner.bad_url': '属性「{name}」は使用できるアドレスではありません。',
  'owner.ip_address': 'パスキーには IP アドレスではなくホスト名が必要です。開発中は localhost を使用してください。',
  'owner.rp_id_mismatch': 'テナントの RP ID がこのページのドメインと一致しません。',
  'owner.origin_not_allowed': 'このページのオリジンがテナントに登録されていません。',
  'owner.permissions_policy': 'Permissions-Policy により、このフレームではパスキーが禁止されています。',
  'owner.token': 'このページのトークンは拒否されました。表示のたびに取得してください。',
  'owner.bad_answer': 'api-base-url で MasterKey2 サーバーが応答しません。',
  'owner.other': '統合ガイドを参照してください。',
};

export default messages;
