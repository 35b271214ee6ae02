/** Keys and certificates in PEM, and signing algorithms. */

import { createPrivateKey, X509Certificate } from 'node:crypto'
import { SIGNING_ALGORITHMS } from '../../../../spec/jws.ts'
import { checkOneOf } from '../../../clients/check-members.ts'
import type { SettingsMistake } from '../../../settings-mistake.ts'
import { keyOfPem } from '../public-key.ts'

type Mistakes = readonly SettingsMistake[]

const LONGEST = 20_000

/** SPKI, or a certificate. A private key in this place is somebody's secret in the wrong hands, and stored in the clear. */
export function checkPublicKey(member: string, pem: string): Mistakes {
  const rule = 'PEM public key'
  if (pem.includes('PRIVATE KEY')) return [{ member, rule, message: 'is a private key: give the public one' }]
  const kind = pem.length > LONGEST ? undefined : keyOfPem(pem)?.asymmetricKeyType
  return kind !== undefined && kind !== 'dsa' && kind !== 'dh'
    ? []
    : [
        {
          member,
          rule,
          message: `is not a public key or a certificate in PEM (-----BEGIN PUBLIC KEY-----); ${fromFile(member)}`,
        },
      ]
}

export function checkCertificate(member: string, pem: string): Mistakes {
  return succeeds(pem, text => new X509Certificate(text))
    ? []
    : [
        {
          member,
          rule: 'PEM certificate',
          message: `is not a certificate in PEM (-----BEGIN CERTIFICATE-----); ${fromFile(member)}`,
        },
      ]
}

/** RFC 8705 §2: whoever shows a certificate proves that the key in it is theirs. */
export function checkCertificateKey(member: string, key: string, certificate: string | undefined): Mistakes {
  const rule = 'RFC 8705 §2 the key of the certificate'
  if (!succeeds(key, text => createPrivateKey(text))) {
    return [
      {
        member,
        rule,
        message: `is not a private key in PEM (-----BEGIN PRIVATE KEY-----) without a passphrase; ${fromFile(member)}`,
      },
    ]
  }
  if (certificate === undefined || checkCertificate(member, certificate).length > 0) return []
  return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))
    ? []
    : [{ member, rule, message: 'is not the key of client_certificate' }]
}

export function checkSigningAlgorithm(member: string, alg: string): Mistakes {
  // RFC 8725 §3.1: "none" is no algorithm.
  return checkOneOf(member, alg, SIGNING_ALGORITHMS, 'RFC 7518 §3.1 algorithm')
}

function fromFile(member: string): string {
  return `--set ${member}=@FILE reads one`
}

function succeeds(pem: string, read: (pem: string) => unknown): boolean {
  if (pem.length > LONGEST) return false
  try {
    read(pem)
    return true
  } catch {
    return false
  }
}
