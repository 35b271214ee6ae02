/** What a door may ask to be shown when it cannot answer an app: the pages draw it, the door only names it. */

import type { HttpRequest, Reply } from './endpoint.ts'

export type ErrorKind =
  | 'unknown-client'
  | 'bad-redirect-uri'
  | 'bad-request'
  | 'stale'
  /** The app's request was answered once, or is gone: only the app can make another one. */
  | 'used'
  /** Signing in through an upstream, or linking it, did not work. */
  | 'upstream'
  | 'no-cookies'
  | 'server-error'
  | 'not-found'
  | 'too-large'
  | 'busy'

export interface ErrorPage {
  readonly status: number
  readonly kind: ErrorKind
  /** The code that `sallyport why` takes, without its dash. */
  readonly traceCode?: string
  /** Where to start again, when that is known. */
  readonly retryUrl?: string
  /** With the kind `upstream`: its name, whether it was being linked to an account, and where the same way begins again. */
  readonly upstream?: { readonly name: string; readonly isLinking: boolean; readonly againUrl: string }
  /** The way back to the app, as its operator registered it. */
  readonly goBack?: { readonly href: string; readonly clientName: string }
}

export type RenderErrorPage = (request: HttpRequest, page: ErrorPage) => Reply
