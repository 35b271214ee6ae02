/** The pages door: everything a person sees. */

import type { Endpoint } from '../../http/endpoint.ts'
import { accountEndpoint } from './account.ts'
import { accountLinkEndpoint } from './account-link.ts'
import { accountUnlinkEndpoint } from './account-unlink.ts'
import { approveEndpoint } from './approve.ts'
import { approveDoneEndpoint } from './approve-done.ts'
import { arriveEndpoint } from './arrive.ts'
import { assetEndpoints } from './asset-endpoints.ts'
import { clientLogoEndpoint } from './client-logo.ts'
import { consentEndpoint } from './consent.ts'
import { deviceEndpoint } from './device.ts'
import { deviceCodeEndpoints } from './device-code.ts'
import { homeEndpoint } from './home.ts'
import { linkAccountEndpoint } from './link-account.ts'
import { linkAccountMailEndpoint } from './link-account-mail.ts'
import { loginEndpoint } from './login.ts'
import { noAccessEndpoint } from './no-access.ts'
import type { PagesPorts } from './ports.ts'
import { profileEndpoint } from './profile.ts'
import { setupEndpoint } from './setup.ts'
import { signOutEndpoint } from './sign-out.ts'
import { signedOutEndpoint } from './signed-out.ts'

export function pagesEndpoints(ports: PagesPorts): readonly Endpoint[] {
  return [
    homeEndpoint(ports),
    accountEndpoint(ports),
    accountLinkEndpoint(ports),
    accountUnlinkEndpoint(ports),
    loginEndpoint(ports),
    consentEndpoint(ports),
    noAccessEndpoint(ports),
    deviceEndpoint(ports),
    ...deviceCodeEndpoints(ports),
    approveEndpoint(ports),
    approveDoneEndpoint(ports),
    signOutEndpoint(ports),
    signedOutEndpoint(ports),
    arriveEndpoint(ports),
    profileEndpoint(ports),
    linkAccountEndpoint(ports),
    linkAccountMailEndpoint(ports),
    setupEndpoint(ports),
    clientLogoEndpoint(ports),
    ...assetEndpoints(),
  ]
}
