/**
 * Options as the server writes them (WebAuthn L3 §5.1.8 and §5.1.9) → native dictionaries.
 *
 * Our own, not parse…OptionsFromJSON: browsers without those have passkeys, too. Unknown members
 * pass through untouched. Throws TypeError on a shape that is not the specification's.
 */
export declare function toCreationOptions(json: unknown): PublicKeyCredentialCreationOptions;
export declare function toRequestOptions(json: unknown): PublicKeyCredentialRequestOptions;
/** Hints of the page (WebAuthn L3 §5.8.7) in the place of the tenant's; unknown words are left out. */
export declare function hintsOf(hints: readonly string[] | undefined): {
    hints?: string[];
};
