/** An app as a person sees it: in their language, with the logo that was uploaded here in the place of its own. */

import type { Client } from '../../core/clients/client.ts'
import { inLanguage } from '../../core/clients/in-language.ts'
import { withUploadedLogo } from '../../core/clients/logo-path.ts'
import type { PagesPorts } from './ports.ts'

export function shownClient(client: Client, locale: string, { basePath }: Pick<PagesPorts, 'basePath'>): Client {
  return withUploadedLogo(inLanguage(client, locale), basePath)
}
