/** IP addresses as certificates have them (RFC 5280 §4.2.1.6): 4 or 16 octets, here as hex. */

const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/

/** Nothing when the text is no IP address. */
export function ipOctets(text: string): string | undefined {
  const v4 = IPV4.exec(text)
  if (v4 !== null) {
    const octets = v4.slice(1).map(Number)
    return octets.every(octet => octet < 256) ? Buffer.from(octets).toString('hex') : undefined
  }
  if (!text.includes(':') || !URL.canParse(`http://[${text}]/`)) return undefined
  // The URL standard writes every IPv6 address in one way (RFC 5952), of which the longest run of zeros is left out.
  const [head = '', tail] = new URL(`http://[${text}]/`).hostname.slice(1, -1).split('::')
  const groups = (part: string): readonly string[] => part.split(':').filter(group => group !== '')
  const before = groups(head)
  const after = groups(tail ?? '')
  const zeros = Array<string>(8 - before.length - after.length).fill('0')
  return [...before, ...zeros, ...after].map(group => group.padStart(4, '0')).join('')
}
