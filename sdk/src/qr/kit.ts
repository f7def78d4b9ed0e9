/**
 * What it takes to show a QR code: qr.js, which the elements load from beside themselves once they
 * need it. Most visitors never do. Nothing in it may hold state or know the classes of the rest.
 */
export { arrangeQr } from './arrange.js';
export { encodeQr } from './encode.js';
