import type { ErrorCode } from './error_codes.js';
import type { Probe } from './probe.js';

export type Mode =
  | { mode: 'button' }
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
  if (!probe.webauthn) return { mode: 'not_supported', code: 'not_supported' };
  return { mode: 'button' };
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
