/** What apps are held to here, and were not where they come from. */

/** RFC 9700 §2.1.1. */
export const PUBLIC_PKCE = 'A public client has to use PKCE here: make sure that the app does.'

/** OIDC Core §11. */
export const OFFLINE =
  'Refresh tokens come with the scope offline_access here, there without it: an app that renews its tokens has to ask for it.'
