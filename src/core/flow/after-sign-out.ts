/** Where a sign-out ends: at the app that asked for it, or on our own page. Pure. */

import { encodeParams } from '../../spec/params.ts'
import type { FlowPurpose } from './flow.ts'

export type SignOutPurpose = Extract<FlowPurpose, { kind: 'sign-out' }>

/** RP-Initiated Logout §3: state comes back when it was sent, and nothing else does. `redirectUri` is a registered one. */
export function afterSignOut(
  { redirectUri, state }: Pick<SignOutPurpose, 'redirectUri' | 'state'>,
  issuer: string,
): string {
  if (redirectUri === undefined) return `${issuer}/signed-out`
  const query = encodeParams([['state', state]])
  return query === '' ? redirectUri : `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${query}`
}
