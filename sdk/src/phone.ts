/**
 * The page behind a QR code (base_url/q#id): a phone with the passkey signs a computer in.
 *
 * It lives on the server's own origin and uses the RP ID of a site by a Related Origin Request. So
 * it builds its document from text alone and works under `require-trusted-types-for 'script'`.
 */
import { PhoneApi } from './phone/api.js';
import { PhonePage } from './phone/page.js';
import { loadTexts } from './phone/texts.js';
import { View } from './phone/view.js';

const root = document.querySelector('main');
// Another code that is scanned in the same tab only changes the fragment.
addEventListener('hashchange', () => {
  if (location.hash.length > 1) location.reload();
});
if (root) {
  const texts = await loadTexts(navigator.languages);
  document.documentElement.lang = texts.language;
  const page = new PhonePage(new PhoneApi(new URL('api/v1/cross_device/', location.href)), new View(root, texts));
  void page.open(location.hash.slice(1));
}
