/** `client_id_metadata_documents`: apps whose `client_id` is the URL of a document that describes them. */

import { z } from 'zod'
import { duration } from '../values/duration.ts'
import { isHostPattern } from '../values/network.ts'

export const clientIdMetadataDocuments = z
  .strictObject({
    enabled: z.boolean().prefault(false).describe('Accept an https URL as client_id and fetch what it describes.'),
    hosts: z
      .array(z.string().refine(isHostPattern, 'must be a host such as app.example.com, or *.example.com'))
      .prefault([])
      .describe('The hosts that such URLs may have, `*.example.com` for all below; none listed: any public host.'),
    same_origin: z
      .boolean()
      .prefault(true)
      .describe(
        'Redirect URIs must be at the origin of the client_id or on the own machine of the person (localhost, for native apps).',
      ),
    ttl: duration({ standard: '1h', atLeast: '1m', atMost: '30d' }).describe(
      'How long a document counts when it does not say so itself; at most for as long as this when it does.',
    ),
    grace: duration({ standard: '1d', atLeast: '0s', atMost: '30d' }).describe(
      'How long the last good document still counts when it cannot be fetched again.',
    ),
  })
  .transform(({ enabled, hosts, same_origin, ttl, grace }) => ({
    enabled,
    hosts,
    sameOrigin: same_origin,
    ttlSeconds: ttl,
    graceSeconds: grace,
  }))
  .prefault({})
  .describe('Apps that describe themselves in a document at their client_id (client ID metadata documents).')
