/** `proxies`: who may tell us the address of a visitor, and the certificate of an app. */

import { z } from 'zod'
import { addressList } from '../values/network.ts'

export const proxies = z
  .strictObject({
    trusted: addressList()
      .prefault([])
      .describe('Addresses or networks of reverse proxies. `X-Forwarded-*` headers from anybody else are ignored.'),
    client_certificate_header: z
      .string()
      .regex(/^[A-Za-z0-9-]+$/, 'must be the name of a header, such as Client-Cert')
      .optional()
      .describe(
        'Header in which a trusted proxy hands on the certificate of an app: `:base64:` (RFC 9440), URL-encoded PEM, or Envoy XFCC. The proxy has to remove it from what comes in.',
      ),
    client_certificates_verified: z
      .boolean()
      .prefault(false)
      .describe(
        'The proxy hands on only certificates that lead to an authority it was given; needed for apps that use `tls_client_auth`.',
      ),
  })
  .transform(({ trusted, client_certificate_header: header, client_certificates_verified }) => ({
    trusted,
    ...(header === undefined ? {} : { clientCertificateHeader: header.toLowerCase() }),
    clientCertificatesVerified: client_certificates_verified,
  }))
  .prefault({})
  .describe('Reverse proxies in front of the server.')
