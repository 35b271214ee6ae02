/** Certificates as authorities and apps make them: the test's own, valid for a day. */

import { KeyObject, webcrypto } from 'node:crypto'
import './reflection.ts'
import * as x509 from '@peculiar/x509'

x509.cryptoProvider.set(webcrypto as unknown as Crypto)

export interface TestCertificate {
  readonly der: Buffer
  readonly pem: string
  readonly keyPem: string
  readonly privateKey: KeyObject
  readonly authority: Authority
}

interface Authority {
  readonly certificate: x509.X509Certificate
  readonly keys: webcrypto.CryptoKeyPair
}

export interface CertificateWishes {
  /** As the library writes names. */
  readonly name: string
  /** Absent: it signs itself. */
  readonly issuer?: TestCertificate
  readonly isAuthority?: boolean
  readonly alternatives?: readonly { readonly type: 'dns' | 'url' | 'email' | 'ip'; readonly value: string }[]
  /** Hours from now. */
  readonly endsInHours?: number
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const HOUR = 3_600_000

export async function certificateFor(wishes: CertificateWishes): Promise<TestCertificate> {
  const { name, issuer, isAuthority = false, alternatives = [], endsInHours = 24 } = wishes
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const names = alternatives.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension([...alternatives])]
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: Buffer.from(String(nextSerial())).toString('hex'),
    subject: name,
    issuer: issuer?.authority.certificate.subjectName ?? name,
    notBefore: new Date(Date.now() - 48 * HOUR),
    notAfter: new Date(Date.now() + endsInHours * HOUR),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey: (issuer?.authority.keys ?? keys).privateKey,
    extensions: [new x509.BasicConstraintsExtension(isAuthority, undefined, true), ...names],
  })
  const privateKey = KeyObject.from(keys.privateKey)
  return {
    der: Buffer.from(certificate.rawData),
    pem: certificate.toString('pem'),
    keyPem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    privateKey,
    authority: { certificate, keys },
  }
}

let serial = 100
function nextSerial(): number {
  serial += 1
  return serial
}
