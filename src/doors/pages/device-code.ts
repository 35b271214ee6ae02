/**
 * The other side of `/device`: what a device shows to the person. A device with a screen but no QR code of its own opens `/device/show`, or
 * fetches the picture alone from `/device/qr`. Both are drawn from the code they are given, live or not: they tell nothing to who guesses.
 */

import { encode } from 'uqr'
import type { Endpoint, HttpRequest } from '../../http/endpoint.ts'
import { parseParams } from '../../spec/params.ts'
import { isRefusal } from '../../spec/refusal.ts'
import { formatUserCode, parseUserCode } from '../../spec/user-code.ts'
import { errorPageReply, frameOf, pageReply } from './page-reply.ts'
import type { PagesPorts } from './ports.ts'
import { renderDeviceCode } from './views/device-code.ts'
import { qrDocument } from './views/qr-code.ts'

/** The view draws the quiet zone; a quarter of the code may be dirty or dazzled. */
const QR = { border: 0, ecc: 'M' } as const

export function deviceCodeEndpoints(ports: PagesPorts): readonly Endpoint[] {
  return [
    {
      name: 'device-show',
      path: '/device/show',
      methods: ['GET'],
      handle(request) {
        const userCode = userCodeOf(request)
        if (userCode === undefined) return errorPageReply(request, { status: 400, kind: 'bad-request' }, ports)
        return pageReply(
          renderDeviceCode({
            ...frameOf(request, ports),
            userCode,
            verificationUri: `${ports.issuer}/device`,
            qr: encode(completeUri(userCode, ports), QR).data,
          }),
        )
      },
    },
    {
      name: 'device-qr',
      path: '/device/qr',
      methods: ['GET'],
      handle(request) {
        const userCode = userCodeOf(request)
        if (userCode === undefined) return errorPageReply(request, { status: 400, kind: 'bad-request' }, ports)
        return {
          status: 200,
          headers: {
            'content-type': 'image/svg+xml',
            'cache-control': 'no-store',
            // An app of another origin may show it, and no script in it could run.
            'cross-origin-resource-policy': 'cross-origin',
            'content-security-policy': "default-src 'none'",
          },
          body: qrDocument(encode(completeUri(userCode, ports), QR).data),
        }
      },
    },
  ]
}

/** RFC 8628 §3.2 `verification_uri_complete`. */
function completeUri(userCode: string, { issuer }: PagesPorts): string {
  return `${issuer}/device?user_code=${userCode}`
}

function userCodeOf({ query }: HttpRequest): string | undefined {
  const params = parseParams(query)
  const code = isRefusal(params) ? undefined : parseUserCode(params.get('user_code') ?? '')
  return code === undefined ? undefined : formatUserCode(code)
}
