/** Whether a page on `hostname` may use `rpId`: the host itself or a parent domain of it. */
export function rpIdFits(rpId: string, hostname: string): boolean {
  return hostname === rpId || hostname.endsWith(`.${rpId}`);
}
