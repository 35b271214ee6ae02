/** Which setting the words of a mail server, or of a connection that failed, point at. Pure. */

// The first that fits counts.
const SIGNS: readonly (readonly [sign: RegExp, advice: string])[] = [
  [
    /STARTTLS/,
    'It offers no encryption on this port. If it has TLS from the first byte, mail.server is smtps://; if nobody can listen on the way, mail.tls allows it to go without.',
  ],
  [/SSL routines|wrong version number/, 'It has no TLS from the first byte on this port: mail.server is smtp://.'],
  [
    /certificate|altnames/i,
    'Its certificate is not trusted: mail.server needs the host name that stands in it, and NODE_EXTRA_CA_CERTS an authority of your own.',
  ],
  [/\b53[0458]\b/, 'It wants another sign-in: see mail.user and mail.password.'],
  [/ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|took longer|timeout/i, 'See the host and the port of mail.server.'],
  [/\b55\d\b/, 'See the address of the person, and whether the mail server lets mail.from send.'],
]

export function mailAdvice(result: string): string | undefined {
  return SIGNS.find(([sign]) => sign.test(result))?.[1]
}
