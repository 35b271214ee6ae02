/** What binds a flow to one browser: the value of its cookie, and the token that each of its forms carries against CSRF. */

import { idToBytes } from '../../lib/id.ts'
import type { AccountId } from '../accounts/account.ts'
import type { Handles } from '../handles/handles.ts'
import type { FlowId } from './flow.ts'

export function sealFlowCookie(handles: Handles, flowId: FlowId): string {
  return handles.seal('flow', idToBytes(flowId))
}

export function isFlowCookie(handles: Handles, flowId: FlowId, cookie: string | undefined): boolean {
  return cookie !== undefined && handles.open('flow', cookie)?.equals(idToBytes(flowId)) === true
}

/** `subject`: a flow's id, or a session's for forms outside a flow. `shownAccount`: whose name stands above the form's buttons. */
export function sealFormToken(handles: Handles, subject: string, shownAccount?: AccountId): string {
  return handles.seal('form', Buffer.from(shownAccount === undefined ? subject : `${subject} ${shownAccount}`))
}

export function isFormToken(handles: Handles, subject: string, token: string | undefined): boolean {
  return partsOf(handles, token)[0] === subject
}

/** Between the page and its form another tab may have signed in as somebody else: a decision counts for the account that was shown. */
export function isFormAbout(handles: Handles, account: AccountId, token: string | undefined): boolean {
  return partsOf(handles, token)[1] === account
}

function partsOf(handles: Handles, token: string | undefined): readonly string[] {
  return token === undefined ? [] : (handles.open('form', token)?.toString().split(' ') ?? [])
}
