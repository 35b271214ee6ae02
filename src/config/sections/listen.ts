/** `listen`: the address and port that the server answers on. */

import { isIPv6 } from 'node:net'
import { z } from 'zod'
import { isHostName } from '../values/network.ts'

export interface ListenAddress {
  /** `::` stands for every address of the machine, IPv4 included. */
  readonly host: string
  readonly port: number
}

const LISTEN = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d{1,5})$/

const RULE = 'must be host:port, such as 127.0.0.1:4000, [::1]:4000, or :4000 for every address'

export const listen = z
  .string({ error: RULE })
  .transform((text, context): ListenAddress => {
    const address = parseListenAddress(text)
    if (address !== undefined) return address
    context.addIssue(RULE)
    return z.NEVER
  })
  .prefault('127.0.0.1:4000')
  .describe('Where the server listens: `host:port`, `[::1]:4000`, or `:4000` for every address of the machine.')

export function parseListenAddress(text: string): ListenAddress | undefined {
  const [, bracketed, host, portText] = LISTEN.exec(text) ?? []
  const port = Number(portText)
  if (portText === undefined || port > 65_535) return undefined
  if (bracketed !== undefined) return isIPv6(bracketed) ? { host: bracketed, port } : undefined
  if (host === '' || host === undefined) return { host: '::', port }
  return isHostName(host) || /^\d+\.\d+\.\d+\.\d+$/.test(host) ? { host, port } : undefined
}
