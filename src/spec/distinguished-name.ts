/** Distinguished names as text (RFC 4514), and whether one is the subject of a certificate (RFC 8705 §2.1.2). */

import type { CertificateSubject, NameAttribute } from './x509.ts'

/** RFC 4514 §3, RFC 4519 §2, and those that certificates have besides: short names → OID. */
const ATTRIBUTE_TYPES: Readonly<Record<string, string>> = {
  cn: '2.5.4.3',
  sn: '2.5.4.4',
  serialnumber: '2.5.4.5',
  c: '2.5.4.6',
  l: '2.5.4.7',
  st: '2.5.4.8',
  street: '2.5.4.9',
  o: '2.5.4.10',
  ou: '2.5.4.11',
  title: '2.5.4.12',
  description: '2.5.4.13',
  businesscategory: '2.5.4.15',
  postalcode: '2.5.4.17',
  gn: '2.5.4.42',
  givenname: '2.5.4.42',
  organizationidentifier: '2.5.4.97',
  uid: '0.9.2342.19200300.100.1.1',
  dc: '0.9.2342.19200300.100.1.25',
  emailaddress: '1.2.840.113549.1.9.1',
  jurisdictionc: '1.3.6.1.4.1.311.60.2.1.3',
}

interface WrittenAttribute {
  readonly oid: string
  readonly value: { readonly text: string } | { readonly der: string }
}

/** RFC 4514 §3: RDNs from the least significant to the most. Nothing when it is no distinguished name. */
export function parseDistinguishedName(text: string): readonly (readonly WrittenAttribute[])[] | undefined {
  const rdns: WrittenAttribute[][] = []
  let rdn: WrittenAttribute[] = []
  let at = 0
  while (at < text.length) {
    const equals = text.indexOf('=', at)
    if (equals === -1) return undefined
    const oid = oidOf(text.slice(at, equals).trim())
    const end = endOfValue(text, equals + 1)
    const value = parseValue(text.slice(equals + 1, end))
    if (oid === undefined || value === undefined) return undefined
    rdn.push({ oid, value })
    if (text[end] !== '+') {
      rdns.push(rdn)
      rdn = []
    }
    at = end + 1
    // Nothing may follow after a separator but another attribute.
    if (end < text.length && at >= text.length) return undefined
  }
  return rdns.length === 0 ? undefined : rdns
}

/** RFC 4514 §2: the text begins with what the certificate has last. RFC 5280 §7.1: how the values are compared. */
export function isSameName(text: string, name: CertificateSubject['name']): boolean {
  const written = parseDistinguishedName(text)
  if (written?.length !== name.length) return false
  return written.every((rdn, index) => isSameRdn(rdn, name[name.length - 1 - index] ?? []))
}

/** RFC 4517 §4.2.15: the same set of attributes, in whichever order. */
function isSameRdn(written: readonly WrittenAttribute[], attributes: readonly NameAttribute[]): boolean {
  if (written.length !== attributes.length) return false
  const left = [...attributes]
  return written.every(one => {
    const index = left.findIndex(attribute => isSameAttribute(one, attribute))
    if (index !== -1) left.splice(index, 1)
    return index !== -1
  })
}

function isSameAttribute({ oid, value }: WrittenAttribute, attribute: NameAttribute): boolean {
  if (oid !== attribute.oid) return false
  if ('der' in value) return value.der === attribute.der.toString('hex')
  return attribute.text !== undefined && prepared(value.text) === prepared(attribute.text)
}

/** RFC 4518 §2 (caseIgnoreMatch): compatibility forms and case do not count, nor how many blanks stand between words. */
function prepared(text: string): string {
  return text.normalize('NFKC').toLowerCase().trim().replace(/\s+/g, ' ')
}

function oidOf(type: string): string | undefined {
  // RFC 4514 §2.3: the short name, without regard to case, or the dotted form.
  if (/^\d+(?:\.\d+)+$/.test(type)) return type
  const name = type.toLowerCase()
  return Object.hasOwn(ATTRIBUTE_TYPES, name) ? ATTRIBUTE_TYPES[name] : undefined
}

function endOfValue(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === ',' || text[at] === '+') return at
  }
  return text.length
}

/** RFC 4514 §2.4, §3: `#` and the hex of the encoding; otherwise characters, of which some are escaped. */
function parseValue(written: string): WrittenAttribute['value'] | undefined {
  const trimmed = trimUnescaped(written)
  if (trimmed.startsWith('#'))
    return /^#(?:[0-9A-Fa-f]{2})+$/.test(trimmed) ? { der: trimmed.slice(1).toLowerCase() } : undefined
  const bytes: Buffer[] = []
  for (let at = 0; at < trimmed.length; at += 1) {
    const character = trimmed[at] ?? ''
    if (character !== '\\') {
      // RFC 4514 §3: these stand in a value only when they are escaped.
      if (/["\\;<>\0]/.test(character)) return undefined
      bytes.push(Buffer.from(codePointAt(trimmed, at)))
      at += codePointAt(trimmed, at).length - 1
      continue
    }
    const pair = /^[0-9A-Fa-f]{2}/.exec(trimmed.slice(at + 1))?.[0]
    const escaped = trimmed[at + 1] ?? ''
    if (pair !== undefined) bytes.push(Buffer.from(pair, 'hex'))
    else if (/^[ "#=+,;<>\\]$/.test(escaped)) bytes.push(Buffer.from(escaped))
    else return undefined
    at += pair === undefined ? 1 : 2
  }
  return { text: Buffer.concat(bytes).toString('utf8') }
}

function codePointAt(text: string, at: number): string {
  return String.fromCodePoint(text.codePointAt(at) ?? 0)
}

/** RFC 4514 §2.4: a blank at an end counts only when it is escaped. */
function trimUnescaped(written: string): string {
  const start = written.trimStart()
  const end = start.trimEnd()
  return end.endsWith('\\') && !end.endsWith('\\\\') && end.length < start.length ? `${end} ` : end
}
