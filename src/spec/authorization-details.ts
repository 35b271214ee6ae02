/** Rich authorization requests (RFC 9396): what exactly the app may do, as structured data. */

/** RFC 9396 §2: `type` decides what else may stand in it. */
export interface AuthorizationDetail {
  readonly type: string
  readonly [member: string]: unknown
}
