import jsQR from 'jsqr';
import { PNG } from 'pngjs';

/** What a phone's camera reads on the visitor's screen; undefined when there is no code. */
export async function readQr(page) {
  const { data, width, height } = PNG.sync.read(await page.screenshot());
  return jsQR(new Uint8ClampedArray(data), width, height)?.data;
}
