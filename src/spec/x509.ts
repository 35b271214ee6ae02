/** What a certificate says about its subject (RFC 5280 §4.1.2.6, §4.2.1.6), read from its DER: text made from it for people can be tricked. */

export interface CertificateSubject {
  /** Relative distinguished names, the most significant first; each a set of attributes. */
  readonly name: readonly (readonly NameAttribute[])[]
  readonly dns: readonly string[]
  readonly uri: readonly string[]
  readonly email: readonly string[]
  /** 4 or 16 octets, as hex. */
  readonly ip: readonly string[]
}

export interface NameAttribute {
  /** Dotted. */
  readonly oid: string
  /** Absent when the value is no text. */
  readonly text?: string
  /** The whole encoded value, for a comparison without meaning. */
  readonly der: Buffer
}

interface Element {
  readonly tag: number
  readonly content: Buffer
  readonly der: Buffer
}

const SEQUENCE = 0x30
const SET = 0x31
const OID = 0x06
const OCTET_STRING = 0x04
/** RFC 5280 §4.1: the version and the extensions are tagged [0] and [3]. */
const VERSION = 0xa0
const EXTENSIONS = 0xa3
const SUBJECT_ALT_NAME = '2.5.29.17'

/** Nothing when it is no certificate. */
export function readCertificateSubject(der: Buffer): CertificateSubject | undefined {
  try {
    const [certificate] = elementsOf(der)
    const [tbs] = elementsOf(contentOf(certificate, SEQUENCE))
    const fields = elementsOf(contentOf(tbs, SEQUENCE))
    // serialNumber, signature, issuer, validity, subject, and before them the version when it is not the first.
    const subject = fields[fields[0]?.tag === VERSION ? 5 : 4]
    return { name: readName(contentOf(subject, SEQUENCE)), ...readAlternatives(fields) }
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function readName(bytes: Buffer): CertificateSubject['name'] {
  return elementsOf(bytes).map(rdn =>
    elementsOf(contentOf(rdn, SET)).map(attribute => {
      const [type, value] = elementsOf(contentOf(attribute, SEQUENCE))
      if (value === undefined) throw new RangeError('an attribute without a value')
      const text = textOf(value)
      return { oid: readOid(contentOf(type, OID)), der: value.der, ...(text === undefined ? {} : { text }) }
    }),
  )
}

function readAlternatives(fields: readonly Element[]): Omit<CertificateSubject, 'name'> {
  const found = { dns: [] as string[], uri: [] as string[], email: [] as string[], ip: [] as string[] }
  const tagged = fields.find(({ tag }) => tag === EXTENSIONS)
  if (tagged === undefined) return found
  const [list] = elementsOf(tagged.content)
  for (const extension of elementsOf(contentOf(list, SEQUENCE))) {
    const parts = elementsOf(contentOf(extension, SEQUENCE))
    if (readOid(contentOf(parts[0], OID)) !== SUBJECT_ALT_NAME) continue
    const [names] = elementsOf(contentOf(parts.at(-1), OCTET_STRING))
    for (const { tag, content } of elementsOf(contentOf(names, SEQUENCE))) {
      // RFC 5280 §4.2.1.6: rfc822Name [1], dNSName [2], uniformResourceIdentifier [6], iPAddress [7].
      if (tag === 0x81) found.email.push(content.toString('latin1'))
      else if (tag === 0x82) found.dns.push(content.toString('latin1'))
      else if (tag === 0x86) found.uri.push(content.toString('latin1'))
      else if (tag === 0x87) found.ip.push(content.toString('hex'))
    }
  }
  return found
}

function contentOf(element: Element | undefined, tag: number): Buffer {
  if (element?.tag !== tag) throw new RangeError('not the expected element')
  return element.content
}

/** X.690 §8.1: one after the other; definite lengths only, as in DER. */
function elementsOf(bytes: Buffer): readonly Element[] {
  const elements: Element[] = []
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes.readUInt8(at)
    const first = bytes.readUInt8(at + 1)
    const lengthBytes = first < 0x80 ? 0 : first & 0x7f
    if (first === 0x80 || lengthBytes > 4) throw new RangeError('not a DER length')
    const start = at + 2 + lengthBytes
    const end = start + (lengthBytes === 0 ? first : bytes.readUIntBE(at + 2, lengthBytes))
    if (end > bytes.length) throw new RangeError('longer than its container')
    elements.push({ tag, content: bytes.subarray(start, end), der: bytes.subarray(at, end) })
    at = end
  }
  return elements
}

function readOid(bytes: Buffer): string {
  const arcs: number[] = []
  let value = 0
  for (const byte of bytes) {
    value = value * 128 + (byte & 0x7f)
    if (byte < 0x80) {
      arcs.push(value)
      value = 0
    }
  }
  const [first = 0, ...others] = arcs
  const top = Math.min(Math.floor(first / 40), 2)
  return [top, first - top * 40, ...others].join('.')
}

/** X.680 §41: the string types that names are made of. */
function textOf({ tag, content }: Element): string | undefined {
  switch (tag) {
    case 0x0c:
      return content.toString('utf8')
    case 0x13:
    case 0x14:
    case 0x16:
      return content.toString('latin1')
    case 0x1e:
      return content.length % 2 === 0 ? Buffer.from(content).swap16().toString('utf16le') : undefined
    default:
      return undefined
  }
}
