/** A mistake in what somebody wants to store: which member, which rule, and a sentence for people. All of them are reported at once. */

export interface SettingsMistake {
  /** In the words of the wire and the files: `redirect_uris`, `address.locality`. */
  readonly member: string
  /** The section or rule of the house that is broken. */
  readonly rule: string
  readonly message: string
}

/** What came of a decision about settings: the thing and what to be careful about, or all mistakes. */
export type Decided<Result> =
  | (Result & { readonly warnings: readonly string[] })
  | { readonly mistakes: readonly SettingsMistake[] }
