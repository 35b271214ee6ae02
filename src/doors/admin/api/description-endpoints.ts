/** What the admin API says about itself: an OpenAPI document and a page. For everybody: nothing of this server's own is in there. */

import { readFileSync } from 'node:fs'
import { ADMIN_API_PATH, adminResource } from '../../../core/administration/admin-scopes.ts'
import type { Endpoint, Reply } from '../../../http/endpoint.ts'
import { htmlReply, jsonReply, NO_STORE } from '../../../http/replies.ts'
import { docsPage } from './description/docs-page.ts'
import { type Described, openApiDocument } from './description/openapi-document.ts'

export interface DescriptionPorts extends Described {
  readonly brandName: string
  /** Where the files of the pages are, below our own origin. */
  readonly assetUrl: (name: 'pages.css' | 'logo.svg') => string
}

const STYLE = `${ADMIN_API_PATH}/docs.css`

export function descriptionEndpoints(ports: DescriptionPorts): readonly Endpoint[] {
  return [
    served('admin-api-openapi', `${ADMIN_API_PATH}/openapi.json`, () => jsonReply(200, openApiDocument(ports))),
    served('admin-api-docs', `${ADMIN_API_PATH}/docs`, () => htmlReply(200, docsPage(ports, frameOf(ports)))),
    served('admin-api-style', STYLE, () => {
      const body = readFileSync(new URL('./description/docs.css', import.meta.url))
      return { status: 200, headers: { 'content-type': 'text/css; charset=utf-8', ...NO_STORE }, body }
    }),
  ]
}

function frameOf({ brandName, assetUrl, issuer }: DescriptionPorts) {
  const { pathname } = new URL(`${adminResource(issuer)}/docs.css`)
  return { brandName, stylesheets: [assetUrl('pages.css'), pathname], icon: assetUrl('logo.svg') }
}

/** Made when it is first asked for: it is the same until the next start. */
function served(name: string, path: string, make: () => Reply): Endpoint {
  let reply: Reply | undefined
  return {
    name,
    path,
    methods: ['GET'],
    handle() {
      reply ??= make()
      return reply
    },
  }
}
