/** `tls`: the certificate, when no proxy in front does the TLS. */

import { z } from 'zod'

export const tls = z
  .strictObject({
    certificate_file: z.string().min(1).optional().describe('PEM file with the certificate and its chain.'),
    key_file: z.string().min(1).optional().describe('PEM file with the private key of that certificate.'),
  })
  .prefault({})
  .describe('TLS without a proxy. Set both files or neither.')
