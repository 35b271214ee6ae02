/** What every door sees of HTTP: a request parsed no further than needed, and a reply as plain data. */

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'

export interface HttpRequest {
  readonly method: Method
  /** Below the issuer's path: `/token`. */
  readonly path: string
  /** Without `?`; empty when there is none. */
  readonly query: string
  /** The body as UTF-8 text, already within the limit; empty when it is not of the kind that the endpoint takes. */
  readonly body: string
  /** As it came, for an endpoint that takes bytes; empty when nothing did. */
  readonly content?: Buffer | 'too-large'
  /** Lower-cased, without parameters: `application/x-www-form-urlencoded`. */
  readonly contentType: string
  readonly authorization: string | undefined
  readonly cookie: string | undefined
  readonly origin: string | undefined
  readonly userAgent: string
  readonly acceptLanguage: string
  /** Of the person or app: the peer, or what a trusted proxy says. */
  readonly address: string
  /** It came with forwarding headers that no trusted proxy vouches for: where it really comes from is not known. */
  readonly isUnverifiedForward?: boolean
  readonly requestId: string
  readonly ifNoneMatch: string | undefined
  /** Any other header, by its lower-case name; one that was sent twice comes joined with `, `. */
  readonly header: (name: string) => string | undefined
  /** DER of the client certificate: from the TLS handshake, or from a trusted proxy's header (RFC 9440). */
  readonly clientCertificate?: Buffer
  /** Its chain leads to an authority that the settings name, or the trusted proxy vouches for it (RFC 8705 §2.1). */
  readonly isClientCertificateVerified?: boolean
}

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: string | Buffer
}

export interface Endpoint {
  /** For metrics and logs: `token`, `login`. */
  readonly name: string
  /** `:name` stands for one segment (`/broker/:alias/login`); the handler reads it off the request's path. */
  readonly path: string
  readonly methods: readonly Method[]
  /**
   * What kind of body is read for it; absent: a form. Only endpoints for apps take JSON. `bytes`: whatever comes, as `content`; then the
   * endpoint itself refuses what is too large.
   */
  readonly takes?: 'form' | 'json' | 'bytes'
  /** Where it is not the limit of all. */
  readonly bodyBytes?: number
  /** Everything below `path` is its own, too: it finds its way by itself. */
  readonly isTree?: boolean
  /** `path` stands at the root of the host, not below the issuer's path (RFC 8414 §3.1). */
  readonly atRoot?: boolean
  handle(request: HttpRequest): Promise<Reply> | Reply
}
