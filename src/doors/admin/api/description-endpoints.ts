/** What the admin API says about itself: an OpenAPI document and a page. For everybody: nothing of this server's own is in there. */

import { readFileSync } from 'node:fs'
import { ADMIN_API_PATH, adminResource } from '../../../core/administration/admin-scopes.ts'
import type { Endpoint, Reply } from '../../../http/endpoint.ts'
import { htmlReply, jsonReply, NO_STORE } from '../../../http/replies.ts'
import type { Managed } from './admin-api.ts'

export interface DescriptionPorts {
  readonly issuer: string
  readonly loadManaged: () => Promise<Managed>
  readonly brandName: string
  /** Where the files of the pages are, below our own origin. */
  readonly assetUrl: (name: 'pages.css' | 'logo.svg') => string
}

const STYLE = `${ADMIN_API_PATH}/docs.css`

export function descriptionEndpoints(ports: DescriptionPorts): readonly Endpoint[] {
  const { issuer, loadManaged } = ports
  return [
    served('admin-api-openapi', `${ADMIN_API_PATH}/openapi.json`, async () => {
      const { openApiDocument } = await import('./description/openapi-document.ts')
      return jsonReply(200, openApiDocument({ issuer, ...(await loadManaged()) }))
    }),
    served('admin-api-docs', `${ADMIN_API_PATH}/docs`, async () => {
      const { docsPage } = await import('./description/docs-page.ts')
      return htmlReply(200, docsPage({ issuer, ...(await loadManaged()) }, frameOf(ports)))
    }),
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
function served(name: string, path: string, make: () => Promise<Reply> | Reply): Endpoint {
  let reply: Reply | undefined
  return {
    name,
    path,
    methods: ['GET'],
    async handle() {
      reply ??= await make()
      return reply
    },
  }
}
