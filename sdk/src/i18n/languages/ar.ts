import type { Messages } from '../en.js';

/** Texts in Arabic. */
const messages: Messages = {
  sign_in: 'تسجيل الدخول بمفتاح مرور',
  register: 'إنشاء مفتاح مرور',
  preparing: 'لحظة من فضلك…',
  prompting: 'اتبع تعليمات المتصفح أو الجهاز.',
  verifying: 'جارٍ التحقق…',
  tap_again: 'أوشكت على الانتهاء: اضغط على الزر مرة أخرى.',
  signed_in: 'تم تسجيل دخولك.',
  registered: 'مفتاح المرور جاهز للاستخدام.',

  use_phone: 'استخدام الهاتف بدلاً من ذلك',
  use_device: 'استخدام هذا الجهاز أو مفتاح أمان',
  qr_name: 'رمز QR لتسجيل الدخول بالهاتف',
  qr_caption: 'امسح هذا الرمز بكاميرا هاتفك واتبع الخطوات الظاهرة هناك.',
  qr_time: 'صالح لمدة {time}',
  qr_soon: 'الرمز صالح لأقل من دقيقة.',
  qr_refresh: 'عرض رمز جديد',
  qr_scanned: 'تم المسح. تابع على هاتفك.',
  qr_confirm: 'اكتب الرمز الذي يعرضه هاتفك.',
  qr_code: 'الرمز الظاهر على هاتفك',
  qr_submit: 'تأكيد',
  qr_digits: 'يتكوّن الرمز من ستة أرقام.',
  qr_tries: 'هذا ليس الرمز الصحيح. المحاولات المتبقية: {count}.',

  panel_title: 'المصادقة غير متاحة',
  panel_owner: 'إلى القائمين على هذا الموقع: {detail}',

  'error.configuration_error': 'لا يمكن استخدام مفاتيح المرور في هذه الصفحة حاليًا.',
  'error.insecure_context':
    'تتطلب مفاتيح المرور اتصالًا آمنًا. افتح هذه الصفحة بعنوان يبدأ بـ https://.',
  'error.not_supported': 'لا يدعم هذا المتصفح مفاتيح المرور. افتح هذه الصفحة في متصفح حديث.',
  'error.user_cancelled': 'لم يحدث شيء: أُغلق الطلب أو لم يُختر أي مفتاح مرور.',
  'error.timeout': 'استغرق ذلك وقتًا طويلًا. حاول مرة أخرى.',
  'error.credential_not_found': 'مفتاح المرور هذا غير معروف هنا. أنشئ واحدًا أولًا.',
  'error.user_disabled': 'هذا الحساب موقوف.',
  'error.already_registered': 'يوجد على هذا الجهاز مفتاح مرور لحسابك بالفعل.',
  'error.credential_exists': 'مفتاح المرور هذا مسجل بالفعل.',
  'error.credential_limit': 'بلغ حسابك الحد الأقصى من مفاتيح المرور.',
  'error.server_unreachable': 'تعذّر الوصول إلى خدمة تسجيل الدخول. حاول مرة أخرى.',
  'error.busy': 'خدمة تسجيل الدخول مشغولة. حاول مرة أخرى بعد لحظات.',
  'error.stale': 'بقيت هذه الصفحة مفتوحة مدة طويلة. أعد تحميلها وحاول مرة أخرى.',
  'error.expired': 'انتهت صلاحية الطلب. حاول مرة أخرى.',
  'error.assertion_failed':
    'لم يتمكن هذا الموقع من تأكيد هويتك. سجّل الدخول من جديد وحاول مرة أخرى.',
  'error.verification_failed': 'تعذّر التحقق من مفتاح المرور. حاول مرة أخرى.',
  'error.authenticator_error': 'لم يتمكن الجهاز من إكمال الطلب. حاول مرة أخرى.',
  'error.qr_expired': 'انتهت صلاحية الرمز.',
  'error.qr_denied': 'رُفض تسجيل الدخول على الهاتف، أو مُسح الرمز مرتين.',
  'error.qr_code_mismatch': 'لم يتطابق الرمزان. ابدأ من جديد برمز آخر.',
  'error.prf_unavailable':
    'يفتقر مفتاح المرور هذا إلى ميزة يحتاج إليها هذا الموقع. جرّب مفتاحًا آخر.',
  'error.other': 'حدث خطأ ما. حاول مرة أخرى.',

  'owner.missing_attribute': 'السمة «{name}» غير موجودة.',
  'owner.bad_url': 'السمة «{name}» ليست عنوانًا صالحًا.',
  'owner.ip_address': 'تتطلب مفاتيح المرور اسم مضيف لا عنوان IP. استخدم localhost أثناء التطوير.',
  'owner.rp_id_mismatch': 'معرّف RP للمستأجر لا يطابق نطاق هذه الصفحة.',
  'owner.origin_not_allowed': 'أصل هذه الصفحة غير مدرج لدى المستأجر.',
  'owner.permissions_policy': 'تمنع Permissions-Policy مفاتيح المرور في هذا الإطار.',
  'owner.token': 'رُفض رمز هذه الصفحة. احصل على رمز جديد عند كل عرض.',
  'owner.bad_answer': 'لا يجيب أي خادم MasterKey2 على api-base-url.',
  'owner.other': 'راجع دليل الدمج.',
};

export default messages;
