/** Addresses as settings: one host, one IP address, or a whole network (`10.0.0.0/8`, `fd00::/8`). */

import { z } from 'zod'
import { isAddressRange } from '../../lib/addresses.ts'

const HOST_NAME = /^(?!-)[a-z0-9-]{1,63}(\.(?!-)[a-z0-9-]{1,63})*$/i

/** A name such as `idp.lan`. Text of digits and dots that is no address is no name either. */
export function isHostName(text: string): boolean {
  return text.length <= 253 && HOST_NAME.test(text) && !/^[\d.]+$/.test(text)
}

export const addressList = () =>
  z.array(z.string().refine(isAddressRange, 'must be an IP address or a network such as 10.0.0.0/8 or fd00::/8'))

export const hostList = () =>
  z.array(
    z
      .string()
      .refine(
        text => isAddressRange(text) || isHostName(text),
        'must be a host name, an IP address or a network such as 10.0.0.0/8',
      ),
  )

/** A host, or `*.example.com` for every host below it. */
export function isHostPattern(text: string): boolean {
  return isAddressRange(text) ? !text.includes('/') : isHostName(text.startsWith('*.') ? text.slice(2) : text)
}
