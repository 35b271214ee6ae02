/** The key of an upstream that was typed in (`public_key`): one text, one reading of it, when it is set and when it is used. */

import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'

/** A certificate, or a key by itself; PEM, or the bare base64 that Keycloak exports. */
export function keyOfPem(text: string): KeyObject | undefined {
  const pem = text.includes('-----BEGIN')
    ? text
    : `-----BEGIN PUBLIC KEY-----\n${text.replace(/\s/g, '')}\n-----END PUBLIC KEY-----\n`
  try {
    return pem.includes('BEGIN CERTIFICATE') ? new X509Certificate(pem).publicKey : createPublicKey(pem)
  } catch {
    return undefined
  }
}
