/** A single-page app as its maker would write it with oidc-client-ts; `manager` is what the test presses its buttons with. */

/* global oidc, settings */
const manager = new oidc.UserManager({
  ...settings,
  redirect_uri: `${location.origin}${settings.paths.callback}`,
  silent_redirect_uri: `${location.origin}${settings.paths.silent}`,
  post_logout_redirect_uri: `${location.origin}/`,
  response_type: 'code',
  loadUserInfo: true,
  automaticSilentRenew: false,
  monitorSession: false,
  silentRequestTimeoutInSeconds: 5,
  userStore: new oidc.WebStorageStateStore({ store: window.sessionStorage }),
})
window.manager = manager

function show(text) {
  document.getElementById('status').textContent = text
}

async function begin() {
  switch (location.pathname) {
    case settings.paths.silent:
      return manager.signinSilentCallback()
    case settings.paths.callback: {
      const user = await manager.signinCallback()
      history.replaceState({}, '', '/')
      return show(`signed in as ${user.profile.name}`)
    }
    default: {
      // After signing out the answer stands in the query.
      if (location.search.includes('state=')) await manager.signoutCallback()
      const user = await manager.getUser()
      return show(user === null ? 'signed out' : `signed in as ${user.profile.name}`)
    }
  }
}

begin().catch(error => show(`failed: ${error.message}`))
