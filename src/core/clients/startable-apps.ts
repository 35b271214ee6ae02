/** The apps that a person may start from our front page (OIDC Core §4). */

import { initiateLoginUrl } from '../../spec/initiate-login.ts'
import type { Client } from './client.ts'

export interface StartableApp {
  readonly name: string
  readonly logoUrl?: string
  readonly href: string
}

/**
 * Apps with an `initiate_login_uri`, by name. Only those that an operator put there: an app that registered itself could otherwise
 * call itself a bank on everybody's front page. The link says nothing about the person, who is not yet the app's.
 */
export function startableApps(clients: readonly Client[], issuer: string): readonly StartableApp[] {
  return clients
    .filter(({ disabledAt, origin = 'operator' }) => disabledAt === undefined && origin === 'operator')
    .flatMap(({ name, logoUrl, initiateLoginUri }): StartableApp[] =>
      initiateLoginUri === undefined
        ? []
        : [
            {
              name,
              href: initiateLoginUrl(initiateLoginUri, { issuer }),
              ...(logoUrl === undefined ? {} : { logoUrl }),
            },
          ],
    )
    .sort((a, b) => a.name.localeCompare(b.name))
}
