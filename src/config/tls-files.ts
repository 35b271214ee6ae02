/** The certificate and key that `tls` names: read, and checked to belong together before the server depends on them. */

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import type { Mistake } from './mistake.ts'
import { reasonOf } from './references.ts'
import { textAt, type WrittenSettings } from './written-settings.ts'

/** As they were named. */
export interface TlsFilePaths {
  readonly certificateFile: string
  readonly keyFile: string
  readonly clientCaFile?: string
}

export interface TlsMaterial {
  readonly tls?: TlsFilePaths
  readonly mistakes: readonly Mistake[]
}

export function readTlsFiles(written: WrittenSettings, readText: (path: string) => string): TlsMaterial {
  const certificateFile = textAt(written.tree, ['tls', 'certificate_file'])
  const keyFile = textAt(written.tree, ['tls', 'key_file'])
  const clientCaFile = textAt(written.tree, ['tls', 'client_ca_file'])
  if (certificateFile === undefined && keyFile === undefined) return { mistakes: withoutOwnTls() }
  if (certificateFile === undefined || keyFile === undefined) {
    const [present, absent] =
      keyFile === undefined ? ['certificate_file', 'key_file'] : ['key_file', 'certificate_file']
    return { mistakes: [mistake(present, `needs tls.${absent} beside it: set both or neither`)] }
  }
  const mistakes: Mistake[] = []
  const certificate = readPem('certificate_file', certificateFile, pem => new X509Certificate(pem))
  const key = readPem('key_file', keyFile, pem => createPrivateKey(pem))
  if (clientCaFile !== undefined) readPem('client_ca_file', clientCaFile, pem => new X509Certificate(pem))
  if (certificate === undefined || key === undefined || mistakes.length > 0) return { mistakes }
  if (!certificate.parsed.checkPrivateKey(key.parsed as KeyObject)) {
    return { mistakes: [mistake('key_file', 'is not the private key of the certificate in tls.certificate_file')] }
  }
  return { tls: { certificateFile, keyFile, ...(clientCaFile === undefined ? {} : { clientCaFile }) }, mistakes }

  /** What is about our own TLS would go unnoticed without any. */
  function withoutOwnTls(): readonly Mistake[] {
    const asks = textAt(written.tree, ['tls', 'client_certificates']) === 'request'
    return [
      ...(asks
        ? [
            mistake(
              'client_certificates',
              'needs tls.certificate_file and tls.key_file: behind a proxy, see proxies.client_certificate_header',
            ),
          ]
        : []),
      ...(clientCaFile === undefined ? [] : [mistake('client_ca_file', 'needs tls.certificate_file and tls.key_file')]),
    ]
  }

  function readPem<Parsed>(member: string, path: string, parse: (pem: string) => Parsed) {
    let pem: string
    try {
      pem = readText(path)
    } catch (error) {
      mistakes.push(mistake(member, `names ${path}, which cannot be read: ${reasonOf(error)}`))
      return undefined
    }
    try {
      return { pem, parsed: parse(pem) }
    } catch {
      const what = member === 'key_file' ? 'private key without a pass phrase' : 'certificate'
      mistakes.push(mistake(member, `names ${path}, which contains no PEM ${what}`))
      return undefined
    }
  }

  function mistake(member: string, rule: string): Mistake {
    return { place: written.place(['tls', member]), setting: `tls.${member}`, rule }
  }
}
