import type { Capabilities } from './capabilities.js';

/** Which way of signing in the page has asked for. `qr_only` shows no button beside the code. */
export type WantedMode = 'auto' | 'passkey' | 'qr' | 'both' | 'qr_only';

/** What the mode rules look at: facts about page, browser and tenant, gathered in one place. */
export interface Probe
  extends Pick<
    Capabilities,
    'hybridTransport' | 'relatedOrigins' | 'userVerifyingPlatformAuthenticator'
  > {
  /** window.isSecureContext */
  secure: boolean;
  hostname: string;
  /** location.protocol */
  protocol: string;
  /** The browser has PublicKeyCredential and navigator.credentials. */
  webauthn: boolean;
  /** A phone or a tablet. */
  mobile: boolean;
  firefox: boolean;
  apiBaseUrl: string | null;
  /** Name of a required attribute that is absent. */
  missing?: string | undefined;
  /** Name of an attribute whose address cannot be used. */
  badUrl?: string | undefined;
  wanted?: WantedMode | undefined;
  /** RP ID of the tenant; undefined until the server has told it. */
  rpId?: string | undefined;
  /** The tenant lets visitors sign in by a code; undefined until the server has told it. */
  crossDevice?: boolean | undefined;
}

type Given = Pick<Probe, 'apiBaseUrl'> & Partial<Probe>;

interface UserAgent {
  userAgent?: string;
  maxTouchPoints?: number;
  userAgentData?: { mobile?: boolean };
}

export function probePage(given: Given): Probe {
  const { isSecureContext, location, navigator } = globalThis;
  const { userAgent = '', maxTouchPoints = 0, userAgentData } = (navigator ?? {}) as UserAgent;
  return {
    secure: isSecureContext === true,
    hostname: location?.hostname ?? '',
    protocol: location?.protocol ?? '',
    webauthn:
      typeof globalThis.PublicKeyCredential === 'function' && navigator?.credentials !== undefined,
    // An iPad calls itself a Macintosh, but no Macintosh has a touch screen.
    mobile:
      userAgentData?.mobile === true ||
      /Android|iPhone|iPad/.test(userAgent) ||
      (/Macintosh/.test(userAgent) && maxTouchPoints > 1),
    firefox: /Firefox\//.test(userAgent) && !userAgentData,
    ...given,
  };
}
