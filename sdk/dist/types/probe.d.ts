/** What the mode rules look at: facts about the page and the browser, gathered in one place. */
export interface Probe {
    /** window.isSecureContext */
    secure: boolean;
    hostname: string;
    /** location.protocol */
    protocol: string;
    /** The browser has PublicKeyCredential and navigator.credentials. */
    webauthn: boolean;
    apiBaseUrl: string | null;
    /** Name of a required attribute that is absent. */
    missing?: string | undefined;
    /** Name of an attribute whose address cannot be used. */
    badUrl?: string | undefined;
}
export declare function probePage(given: Pick<Probe, 'apiBaseUrl'> & Pick<Partial<Probe>, 'missing' | 'badUrl'>): Probe;
