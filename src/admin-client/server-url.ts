/** Where a server is: its issuer URL. A token or a secret goes there over TLS only, or stays on the machine. */

import { AdminProblem } from './admin-client.ts'

/** RFC 6750 §5.2, RFC 8252 §8.3: plain http reads along for everybody; loopback never leaves the machine. */
const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** Without a slash at its end. Throws `AdminProblem` when nothing may be sent there. */
export function parseServerUrl(text: string): string {
  const url = URL.parse(text)
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw notServer(`${text} is no address of a server: write it as https://id.example.com`)
  }
  if (url.username !== '' || url.password !== '') {
    throw notServer('the address of the server has a user name in it: take it out, a token says who asks')
  }
  if (url.search !== '' || url.hash !== '') {
    throw notServer('the address of the server has a ? or # in it: write only the issuer')
  }
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname)) {
    throw notServer(`${url.origin} is plain http, where others read the token: use https`)
  }
  return url.href.replace(/\/+$/, '')
}

function notServer(message: string): AdminProblem {
  return new AdminProblem('invalid', message)
}
