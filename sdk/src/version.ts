// Replaced by the build with the version in package.json.
declare const __MASTERKEY2_VERSION__: string | undefined;

export const VERSION: string =
  typeof __MASTERKEY2_VERSION__ === 'string' ? __MASTERKEY2_VERSION__ : 'development';
