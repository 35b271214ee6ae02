/** What public clients are held to here, and were not where they come from. */

/** RFC 9700 §2.1.1. */
export const PUBLIC_PKCE = 'A public client has to use PKCE here: make sure that the app does.'
