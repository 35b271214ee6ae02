/** Client registration endpoint (RFC 7591 §3, OIDC Registration §3) and client configuration endpoint (RFC 7592 §2): one path for both. */

import type { Endpoint } from '../../../http/endpoint.ts'
import type { ProviderPorts } from '../ports.ts'
import { deleteRegistration, readRegistration, replaceRegistration } from './manage.ts'
import { register } from './register.ts'

/** No CORS: the answer holds credentials, and an app that runs in a browser has nobody to keep them from. */
export function registrationEndpoint(ports: ProviderPorts): Endpoint {
  return {
    name: 'registration',
    path: '/register',
    methods: ['POST', 'GET', 'PUT', 'DELETE'],
    takes: 'json',
    handle(request) {
      switch (request.method) {
        case 'POST':
          return register(request, ports)
        case 'PUT':
          return replaceRegistration(request, ports)
        case 'DELETE':
          return deleteRegistration(request, ports)
        default:
          return readRegistration(request, ports)
      }
    },
  }
}
