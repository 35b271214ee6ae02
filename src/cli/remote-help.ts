/** What the help says about managing a server that runs elsewhere. */

export const REMOTE_HELP = `With --server URL (or
SALLYPORT_SERVER) they speak to the server of that issuer instead, by its admin API. Who asks then: SALLYPORT_TOKEN or SALLYPORT_TOKEN_FILE,
an access token for URL/api/admin/v1; or SALLYPORT_SERVER_CLIENT_ID with SALLYPORT_SERVER_CLIENT_SECRET (or …_FILE), a client
that gets such tokens by client_credentials.`
