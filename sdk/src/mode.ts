import type { ErrorCode } from './error_codes.js';
import type { Probe } from './probe.js';
import { rpIdFits } from './rp_id.js';

export type Mode =
  /** The passkey button; the QR code behind a switch, in full view beneath it, or not at all. */
  | { mode: 'button'; qr: 'none' | 'switch' | 'shown' }
  /** The QR code; with `passkey` the button is beneath it. */
  | { mode: 'qr'; passkey: boolean }
  | {
      mode: 'insecure' | 'not_supported' | 'configuration';
      code: ErrorCode;
      reason?: string;
      /** Attribute that the reason is about. */
      name?: string;
    };

/** Which view an element shows. The first rule that matches decides. */
export function chooseMode(probe: Probe): Mode {
  if (!probe.secure) return { mode: 'insecure', code: 'insecure_context' };
  if (probe.missing) return configuration('missing_attribute', probe.missing);
  if (!probe.apiBaseUrl) return configuration('missing_attribute', 'api-base-url');
  if (!isUsableBase(probe.apiBaseUrl, probe.protocol)) {
    return configuration('bad_url', 'api-base-url');
  }
  if (probe.badUrl) return configuration('bad_url', probe.badUrl);
  if (isIpAddress(probe.hostname)) return configuration('ip_address');

  const { wanted = 'auto' } = probe;
  const qr = probe.crossDevice !== false && wanted !== 'passkey';
  const qrOnly = wanted === 'qr_only';
  if (!probe.webauthn || qrOnly) {
    return qr ? { mode: 'qr', passkey: false } : { mode: 'not_supported', code: 'not_supported' };
  }
  // Without WebAuthn this page uses no RP ID: the phone does.
  if (probe.rpId !== undefined && !rpIdFits(probe.rpId, probe.hostname) && !probe.relatedOrigins) {
    return configuration('rp_id_mismatch');
  }
  if (!qr) return { mode: 'button', qr: 'none' };
  if (wanted === 'qr') return { mode: 'qr', passkey: true };
  if (wanted === 'both') return { mode: 'button', qr: 'shown' };
  // The browser's own way to a phone proves that it is near: nothing of ours is as good.
  if (probe.hybridTransport) return { mode: 'button', qr: 'none' };
  if (probe.mobile || !probe.firefox) return { mode: 'button', qr: 'switch' };
  return probe.userVerifyingPlatformAuthenticator
    ? { mode: 'button', qr: 'shown' }
    : { mode: 'qr', passkey: true };
}

function configuration(reason: string, name?: string): Mode {
  return { mode: 'configuration', code: 'configuration_error', reason, ...(name && { name }) };
}

/** An absolute http(s) address without user, query or fragment; no http from an https page. */
function isUsableBase(text: string, pageProtocol: string): boolean {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return false;
  }
  if (url.username || url.password || url.search || url.hash) return false;
  if (url.protocol === 'https:') return true;
  return url.protocol === 'http:' && (pageProtocol !== 'https:' || isLoopback(url.hostname));
}

function isLoopback(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/** `hostname` as URL gives it: IPv4 is in dotted form, IPv6 in brackets. */
function isIpAddress(hostname: string): boolean {
  return hostname.startsWith('[') || /^\d+(\.\d+){3}$/.test(hostname);
}
