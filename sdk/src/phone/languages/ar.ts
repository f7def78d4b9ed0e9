import type { PhoneMessages } from '../texts.js';

/** Texts of the phone's page in Arabic. */
const messages: PhoneMessages = {
  loading: 'لحظة…',
  working: 'لحظة…',
  prompting: 'اتبع تعليمات هاتفك.',
  title: 'هل تريد تسجيل الدخول على جهاز آخر؟',
  computer: 'الحاسوب',
  site: 'الموقع',
  age: 'وقت الطلب',
  seconds: 'قبل {seconds} ثانية',
  browser_on_system: '{browser} على {system}',
  unknown_browser: 'متصفح غير معروف',
  unknown_system: 'نظام غير معروف',
  warning: 'لا تتابع إلا إذا رأيت هذا الرمز على شاشة أمامك، في صفحة من {rp_id} فتحتها بنفسك.',
  go: 'متابعة',
  no: 'لم أكن أنا',
  code_title: 'رمزك',
  type_it: 'اكتبه في {rp_id} فقط، على الحاسوب الذي أمامك. لا تخبر به أحدًا.',
  again_title: 'لم يتم تسجيل الدخول بعد',
  'again.cancelled': 'لم يحدث شيء: أُغلق الطلب أو لم يُختر مفتاح مرور.',
  'again.no_passkey': 'مفتاح المرور هذا غير معروف هناك. اختر مفتاحًا آخر.',
  'again.failed': 'تعذر التحقق من مفتاح المرور. يُرجى المحاولة مرة أخرى.',
  over_title: 'انتهى الأمر',
  'over.no_code': 'امسح الرمز الظاهر على شاشة الحاسوب مرة أخرى.',
  'over.expired': 'انتهت صلاحية الرمز. اطلب رمزًا جديدًا على الحاسوب وامسحه.',
  'over.code_expired': 'انتهى وقت كتابة الرمز.',
  'over.claimed':
    'مُسح هذا الرمز مرتين، لذلك لم يُسجَّل دخول أحد. اطلب رمزًا جديدًا على الحاسوب ولا تدع أحدًا يراه.',
  'over.denied': 'تم الإيقاف. لم يُسجَّل دخول أحد.',
  'over.user_disabled': 'هذا الحساب موقوف.',
  'over.no_passkey': 'لا يوجد حساب كهذا.',
  'over.unreachable': 'تعذر الوصول إلى خدمة تسجيل الدخول. يُرجى المحاولة بعد قليل.',
  'over.not_supported': 'لا يستطيع هذا المتصفح استخدام مفاتيح المرور. امسح الرمز بمتصفح حديث.',
  'over.no_related_origins':
    'لا يستطيع هذا المتصفح استخدام مفتاح مرور موقع آخر هنا. امسح الرمز بإصدار حديث من Chrome أو Safari.',
  'over.not_listed': 'لا يسمح متصفح هاتفك لهذه الصفحة باستخدام مفاتيح مرور {rp_id}.',
  'over.other': 'حدث خطأ ما. يُرجى مسح رمز جديد.',
  'owner.not_listed':
    'إلى مالك {rp_id}: يجب أن يتضمن https://{rp_id}/.well-known/webauthn العنوان {origin}.',
};

export default messages;
