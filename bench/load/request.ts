/** The text of HTTP/1.1 requests. What does not change is put together once, per client or per session. */

export interface Headers {
  readonly authorization?: string
  readonly cookie?: string
  readonly dpop?: string
}

function fields(authority: string, headers: Headers): string {
  let text = `Host: ${authority}\r\nAccept: */*\r\n`
  if (headers.authorization !== undefined) text += `Authorization: ${headers.authorization}\r\n`
  if (headers.cookie !== undefined && headers.cookie !== '') text += `Cookie: ${headers.cookie}\r\n`
  if (headers.dpop !== undefined) text += `DPoP: ${headers.dpop}\r\n`
  return text
}

/** `target`: path with query. */
export function get(authority: string, target: string, headers: Headers = {}): string {
  return `GET ${target} HTTP/1.1\r\n${fields(authority, headers)}\r\n`
}

/** A function of the body (already form-encoded, ASCII), with the head prepared. */
export function formPost(authority: string, target: string, headers: Headers = {}): (body: string) => string {
  const head =
    `POST ${target} HTTP/1.1\r\n${fields(authority, headers)}` +
    'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: '
  return body => `${head}${body.length}\r\n\r\n${body}`
}

/** RFC 6749 §2.3.1: both parts are form-encoded before they are joined. */
export function basic(clientId: string, secret: string): string {
  const encoded = `${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`
  return `Basic ${Buffer.from(encoded).toString('base64')}`
}
