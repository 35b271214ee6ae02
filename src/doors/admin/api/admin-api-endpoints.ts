/** The admin API with what describes it: the operations, the OpenAPI document, the page for people. */

import type { Endpoint } from '../../../http/endpoint.ts'
import { type AdminApiPorts, adminApiEndpoint } from './admin-api.ts'
import { type DescriptionPorts, descriptionEndpoints } from './description-endpoints.ts'

export function adminApiEndpoints(ports: AdminApiPorts & Omit<DescriptionPorts, 'issuer'>): readonly Endpoint[] {
  const { issuer } = ports.administration
  return [...descriptionEndpoints({ ...ports, issuer }), adminApiEndpoint(ports)]
}
