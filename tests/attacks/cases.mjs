// All cases of this folder: [id, what is tried, async (target) => …, and what it is
// limited to, { storage: 'mysql' } or { long: true }].
import { cases as boundary } from './boundary.mjs';
import { cases as credentials } from './credentials.mjs';
import { cases as pages } from './pages.mjs';
import { cases as registration } from './registration.mjs';
import { cases as signIn } from './sign_in.mjs';
import { cases as tenants } from './tenants.mjs';
import { cases as verification } from './verification.mjs';

export const cases = [...boundary, ...credentials, ...registration, ...signIn, ...verification, ...tenants, ...pages];
