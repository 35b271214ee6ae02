/** Our secrets at an upstream, in clear, for as long as a request takes. */

import type { Upstream } from '../core/upstreams/upstream.ts'
import { openUpstreamSecret, type SecretMember } from '../core/upstreams/upstream-secrets.ts'
import { type Refusal, refuse } from '../spec/refusal.ts'
import type { RelyingPartyPorts } from './ports.ts'

type SecretPorts = Pick<RelyingPartyPorts, 'keys' | 'readReference'>

export function clientSecretOf(upstream: Upstream, ports: SecretPorts): string | Refusal {
  return opened(upstream, 'clientSecret', ports)
}

export function certificateKeyOf(upstream: Upstream, ports: SecretPorts): string | Refusal {
  return opened(upstream, 'clientCertificateKey', ports)
}

function opened(upstream: Upstream, member: SecretMember, { keys, readReference }: SecretPorts): string | Refusal {
  const secret = upstream[member]
  if (secret === undefined)
    return refuse('server_error', 'our secret at the upstream is missing', 'client secret of the upstream is set', {
      upstream: upstream.alias,
      secret: member,
    })
  return openUpstreamSecret(upstream, member, secret, { sealer: keys.sealer, readReference })
}
