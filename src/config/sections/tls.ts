/** `tls`: the certificate, when no proxy in front does the TLS, and the certificates of clients. */

import { z } from 'zod'

export const tls = z
  .strictObject({
    certificate_file: z.string().min(1).optional().describe('PEM file with the certificate and its chain.'),
    key_file: z.string().min(1).optional().describe('PEM file with the private key of that certificate.'),
    client_certificates: z
      .enum(['off', 'request'])
      .prefault('off')
      .describe(
        '`request` asks apps for a certificate of their own (mutual TLS). Browsers that have any may ask people to choose one.',
      ),
    client_ca_file: z
      .string()
      .min(1)
      .optional()
      .describe('PEM file with the authorities whose client certificates count, for apps that use `tls_client_auth`.'),
  })
  .prefault({})
  .describe('TLS without a proxy. Set certificate and key, or neither.')
