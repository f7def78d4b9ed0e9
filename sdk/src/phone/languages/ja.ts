import type { PhoneMessages } from '../texts.js';

/** Texts of the phone's page in Japanese. */
const messages: PhoneMessages = {
  loading: 'お待ちください…',
  working: 'お待ちください…',
  prompting: 'スマートフォンの案内に従ってください。',
  title: '別のデバイスでログインしますか？',
  computer: 'コンピューター',
  site: 'サイト',
  age: '要求',
  seconds: '{seconds} 秒前',
  browser_on_system: '{system} の {browser}',
  unknown_browser: '不明なブラウザー',
  unknown_system: '不明なシステム',
  warning: '自分で開いた {rp_id} のページが目の前の画面にあり、このコードがそこに表示されている場合にのみ続けてください。',
  go: '続ける',
  no: '自分ではありません',
  code_title: 'コード',
  type_it: '目の前のコンピューターの {rp_id} にだけ入力してください。誰にも教えないでください。',
  again_title: 'まだログインしていません',
  'again.cancelled': '何も行われませんでした。要求が閉じられたか、パスキーが選ばれませんでした。',
  'again.no_passkey': 'このパスキーは登録されていません。別のものを選んでください。',
  'again.failed': 'パスキーを確認できませんでした。もう一度お試しください。',
  over_title: '終了しました',
  'over.no_code': 'コンピューターの画面のコードをもう一度読み取ってください。',
  'over.expired': 'コードの有効期限が切れました。コンピューターで新しいコードを表示し、読み取ってください。',
  'over.code_expired': 'コードを入力できる時間が過ぎました。',
  'over.claimed': 'このコードは 2 回読み取られたため、誰もログインしていません。コンピューターで新しいコードを表示し、他の人に見られないようにしてください。',
  'over.denied': '中止しました。誰もログインしていません。',
  'over.user_disabled': 'このアカウントは停止されています。',
  'over.no_passkey': 'そのアカウントはありません。',
  'over.unreachable': 'ログインサービスに接続できません。しばらくしてからもう一度お試しください。',
  'over.not_supported': 'このブラウザーではパスキーを使えません。最新のブラウザーでコードを読み取ってください。',
  'over.no_related_origins': 'このブラウザーでは、ここで別のサイトのパスキーを使えません。最新の Chrome または Safari でコードを読み取ってください。',
  'over.not_listed': 'スマートフォンのブラウザーが、このページでの {rp_id} のパスキーの使用を許可していません。',
  'over.other': '問題が発生しました。新しいコードを読み取ってください。',
  'owner.not_listed':
    '{rp_id} の運営者の方へ: https://{rp_id}/.well-known/webauthn に {origin} を記載する必要があります。',
};

export default messages;
