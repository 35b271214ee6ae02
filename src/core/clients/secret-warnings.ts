/** Secrets that end before anybody thinks of them: an app that has no other one is locked out then. */

/** As documents show it. */
export interface DatedSecret {
  readonly expires_at?: string
}

const SOON_MS = 30 * 86_400_000

/** A secret that ends while another one goes on is a rotation, and no reason to worry. */
export function secretWarnings(clientId: string, secrets: readonly DatedSecret[], now: Date): readonly string[] {
  if (secrets.length === 0 || secrets.some(({ expires_at }) => expires_at === undefined)) return []
  const last = Math.max(...secrets.map(({ expires_at }) => Date.parse(expires_at ?? '')))
  const at = new Date(last).toISOString()
  if (last <= now.getTime())
    return [`The secret of ${clientId} ended ${at}: sallyport client rotate-secret ${clientId}`]
  if (last - now.getTime() > SOON_MS) return []
  return [`The last secret of ${clientId} ends ${at}: sallyport client rotate-secret ${clientId}`]
}
