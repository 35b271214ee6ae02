/** Client authentication by certificate (RFC 8705 §2): by what a trusted authority says of its subject, or by its key. */

import { X509Certificate } from 'node:crypto'
import type { JsonMembers } from '../../../spec/compact-jws.ts'
import { isSameName } from '../../../spec/distinguished-name.ts'
import { ipOctets } from '../../../spec/ip-octets.ts'
import { jwkThumbprint } from '../../../spec/jwk-thumbprint.ts'
import { type Refusal, refuse } from '../../../spec/refusal.ts'
import { type CertificateSubject, readCertificateSubject } from '../../../spec/x509.ts'
import type { Client } from '../client.ts'

export interface ClientCertificate {
  readonly der: Buffer
  /** It leads to an authority that the settings name, or a trusted proxy vouches for it. */
  readonly isVerified: boolean
}

/** RFC 8705 §2.1.2: the one place of the subject that the client registered. */
export function checkSubject(client: Client, certificate: ClientCertificate | undefined): Refusal | undefined {
  if (certificate === undefined) return noCertificate(client)
  if (!certificate.isVerified) {
    const rule = 'RFC 8705 §2.1 the certificate leads to a trusted authority (tls.client_ca_file)'
    return failed(client, rule, {})
  }
  const subject = readCertificateSubject(certificate.der)
  const expectations = subject === undefined ? [] : expectationsOf(client, subject)
  if (expectations.length > 0 && expectations.every(isMet => isMet)) return undefined
  return failed(client, 'RFC 8705 §2.1.2 the subject of the certificate is the registered one', {
    registered:
      [
        client.tlsClientAuthSubjectDn,
        client.tlsClientAuthSanDns,
        client.tlsClientAuthSanUri,
        client.tlsClientAuthSanIp,
        client.tlsClientAuthSanEmail,
      ]
        .filter(value => value !== undefined)
        .join(' ') || null,
    subject: subjectText(certificate.der),
  })
}

function expectationsOf(client: Client, subject: CertificateSubject): readonly boolean[] {
  const { tlsClientAuthSubjectDn: dn, tlsClientAuthSanDns: dns, tlsClientAuthSanUri: uri } = client
  const { tlsClientAuthSanIp: ip, tlsClientAuthSanEmail: email } = client
  const checks: boolean[] = []
  if (dn !== undefined) checks.push(isSameName(dn, subject.name))
  // RFC 4343: names of hosts are compared without regard to case. A wildcard stands for nobody here.
  if (dns !== undefined) checks.push(subject.dns.some(name => name.toLowerCase() === dns.toLowerCase()))
  if (uri !== undefined) checks.push(subject.uri.includes(uri))
  if (ip !== undefined) checks.push(subject.ip.some(octets => octets === ipOctets(ip)))
  if (email !== undefined) checks.push(subject.email.includes(email))
  return checks
}

/** RFC 8705 §2.2: the handshake proved the key; who issued the certificate does not count. `keys`: the client's own key set. */
export function checkOwnKey(
  client: Client,
  certificate: ClientCertificate | undefined,
  keys: readonly JsonMembers[],
): Refusal | undefined {
  if (certificate === undefined) return noCertificate(client)
  const shown = thumbprintOf(certificate.der)
  if (shown !== undefined && keys.some(key => jwkThumbprint(key) === shown)) return undefined
  const rule = "RFC 8705 §2.2 the certificate's key is one of the client's (jwks)"
  return failed(client, rule, { keys: keys.length, subject: subjectText(certificate.der) })
}

function thumbprintOf(der: Buffer): string | undefined {
  try {
    return jwkThumbprint(new X509Certificate(der).publicKey.export({ format: 'jwk' }) as JsonMembers)
  } catch {
    return undefined
  }
}

function subjectText(der: Buffer): string | null {
  try {
    return new X509Certificate(der).subject.replaceAll('\n', ', ').slice(0, 200)
  } catch {
    return null
  }
}

function noCertificate(client: Client): Refusal {
  return failed(client, 'RFC 8705 §2 a client certificate comes with the connection (tls.client_certificates)', {})
}

function failed(client: Client, rule: string, facts: Refusal['facts']): Refusal {
  return refuse('invalid_client', 'client authentication failed', rule, { client_id: client.clientId, ...facts })
}
