/** One of each page in each of its states: what the tests render, and what a designer looks at. */

import { encode } from 'uqr'
import type { RefusedArrival } from '../../../core/upstreams/arrival/arrival-decision.ts'
import type { ErrorKind } from '../../../http/error-page.ts'
import { type AccountPage, renderAccount, type ShownIdentity } from './account.ts'
import { type ApprovalPage, renderApproval } from './approval.ts'
import { type ApprovalDonePage, renderApprovalDone } from './approval-done.ts'
import { type ArrivalRefusedPage, renderArrivalRefused } from './arrival-refused.ts'
import { type ConsentPage, renderConsent } from './consent.ts'
import { type DevicePage, renderDevice } from './device.ts'
import { renderDeviceCode } from './device-code.ts'
import { type ErrorPage, renderError } from './error.ts'
import { renderFormPost } from './form-post.ts'
import { renderHome, type ShownApp, type SignedInVisitor } from './home.ts'
import { type LinkAccountPage, renderLinkAccount } from './link-account.ts'
import { type LinkMailConfirmPage, renderLinkMailConfirm } from './link-mail-confirm.ts'
import { renderLinkMailInvalid } from './link-mail-invalid.ts'
import { type LoginPage, renderLogin, type ShownUpstream } from './login.ts'
import { type NoAccessPage, renderNoAccess } from './no-access.ts'
import type { Page } from './page.ts'
import { type ProfilePage, renderProfile } from './profile.ts'
import { renderSetup, type SetupPage } from './setup.ts'
import { renderSetupDone } from './setup-done.ts'
import { renderSetupInvalid } from './setup-invalid.ts'
import { renderSignOut } from './sign-out.ts'
import { renderSignedOut } from './signed-out.ts'
import { renderUnlink, type UnlinkPage } from './unlink.ts'
import { renderWebMessage } from './web-message.ts'

export interface Sample {
  /** The page and its state: `login-wrong-credentials`. */
  readonly name: string
  render(page: Page): string
}

const LOGO =
  'data:image/svg+xml,%3Csvg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 56 56"%3E%3Crect width="56" height="56" rx="14" fill="%233b5bdb"/%3E%3Cpath d="M14 38V28h7v10zm10.5 0V18h7v20zM35 38V23h7v15z" fill="%23fff"/%3E%3C/svg%3E'
const FORM = { flowId: '019aa5d27d5c7e3f9b1d8c4a6f20e317', csrf: 'k3J9vQ2mX7pR' }
const ACCOUNT = { name: 'Ada Lovelace', detail: 'ada@example.org' }
const CLIENT = { clientName: 'Dashboard', clientLogoUrl: LOGO }

const CONSENT: Omit<ConsentPage, keyof Page> = {
  ...FORM,
  client: {
    name: 'Dashboard',
    description: 'Figures of all departments, fresh every morning.',
    logoUrl: LOGO,
    websiteUrl: 'https://dashboard.example.org/',
    termsUrl: 'https://dashboard.example.org/terms',
    policyUrl: 'https://dashboard.example.org/privacy',
    contactEmail: 'help@dashboard.example.org',
  },
  account: ACCOUNT,
  scopes: ['openid', 'profile', 'email', 'groups'].map(scope => ({ scope, isNew: false })),
  returnHost: 'dashboard.example.org',
  remembered: { kind: 'until-withdrawn' },
}

const APPS: readonly ShownApp[] = [
  { name: 'Dashboard', logoUrl: LOGO, href: 'https://dashboard.example.org/begin' },
  { name: 'Expenses', href: 'https://expenses.example.org/begin' },
  { name: 'A wiki with a name that does not fit in one line', href: 'https://wiki.example.org/begin' },
]

const UPSTREAMS: readonly ShownUpstream[] = [
  { alias: 'corp', name: 'Example Corporation', logoUrl: LOGO, href: '/broker/corp/login?flow=1' },
  { alias: 'github', name: 'GitHub', href: '/broker/github/login?flow=1' },
  {
    alias: 'partner',
    name: 'A partner with a name that does not fit in one line',
    href: '/broker/partner/login?flow=1',
  },
]

/** As they stand where no script runs. */
const WAITING = { sendsItself: false }
const ANSWER = [
  ['code', 'SplxlOBeZQQYbYS6WxSbIA'],
  ['state', 'af0ifjsldkj'],
] as const

const ALL_SCOPES = ['openid', 'profile', 'email', 'groups', 'address', 'phone', 'offline_access', 'reports:read']

const APPROVAL: Omit<ApprovalPage, keyof Page> = {
  ...FORM,
  client: { name: 'Living-room TV' },
  account: ACCOUNT,
  asked: { kind: 'device', userCode: 'WDJB-MJHT' },
  address: '2001:db8:17::2a',
  userAgent: 'LivingRoom/4.2 (WebOS)',
  requestedAt: new Date('2026-11-21T10:17:00Z'),
  scopes: ['openid', 'profile', 'offline_access'].map(scope => ({ scope, isNew: false })),
  resources: [],
  details: [],
}

const BACKCHANNEL: Partial<ApprovalPage> = {
  client: { name: 'Bank counter', logoUrl: LOGO },
  asked: { kind: 'backchannel', bindingMessage: 'Transfer 4711 · 120 €' },
  userAgent: '',
  scopes: ['openid', 'profile'].map(scope => ({ scope, isNew: false })),
}

const GITHUB: ShownIdentity = {
  id: '019aa5d27d5c7e3f9b1d8c4a6f20e318',
  name: 'GitHub',
  alias: 'github',
  logoUrl: LOGO,
  label: 'ada-lovelace',
  linkedAt: new Date('2026-03-01T10:17:00Z'),
  lastSignInAt: new Date('2026-11-20T08:01:00Z'),
  mayUnlink: true,
}
const COMPANY: ShownIdentity = {
  id: '019aa5d27d5c7e3f9b1d8c4a6f20e319',
  name: 'Analytical Engines Ltd. and Daughters',
  alias: 'engines',
  label: 'ada.king.countess.of.lovelace@analytical-engines.example.com',
  linkedAt: new Date('2026-11-02T10:17:00Z'),
  mayUnlink: true,
}

const ARRIVALS_REFUSED: readonly RefusedArrival[] = [
  'unknown-person',
  'link-only',
  'unprovable',
  'other-identity',
  'linked-elsewhere',
  'disabled',
  'no-password',
  'not-signed-in',
  'mapping',
]

/** Text that would run if it were not escaped. */
export const HOSTILE = `"><script>document.title='broken'</script><img src=x onerror="document.title='broken'">`

export const SAMPLES: readonly Sample[] = [
  login('login', {}),
  login('login-own-pages', { clientName: undefined, clientLogoUrl: undefined }),
  login('login-wrong-credentials', { username: 'ada', problem: { kind: 'wrong-credentials' } }),
  login('login-slow-down', { username: 'ada', problem: { kind: 'slow-down', seconds: 30 } }),
  login('login-busy', { username: 'ada', problem: { kind: 'busy' } }),
  login('login-select-account', { continueAs: { name: 'Ada Lovelace', username: 'ada@example.org' } }),
  login('login-reauthenticate', { reauthenticate: { username: 'ada' } }),
  login('login-with-links', { clientLinks: CONSENT.client }),
  login('login-upstreams', { upstreams: UPSTREAMS }),
  login('login-upstreams-reauthenticate', { upstreams: UPSTREAMS, reauthenticate: { username: 'ada' } }),
  login('login-upstreams-select-account', {
    upstreams: UPSTREAMS.slice(0, 1),
    continueAs: { name: 'Ada Lovelace', username: 'ada@example.org' },
    clientLinks: CONSENT.client,
  }),
  login('login-cancelled', {
    upstreams: UPSTREAMS,
    problem: { kind: 'cancelled', upstreamName: 'Example Corporation' },
  }),
  login('login-password-missing', {
    upstreams: UPSTREAMS.slice(0, 1),
    passwordOptional: true,
    username: 'ada@example.org',
    problem: { kind: 'password-missing' },
  }),
  login('login-hostile', {
    clientName: HOSTILE,
    clientLogoUrl: HOSTILE,
    clientLinks: { name: HOSTILE, policyUrl: 'javascript:alert(1)', contactEmail: HOSTILE },
    loginHint: HOSTILE,
    upstreams: [{ alias: 'corp', name: HOSTILE, logoUrl: HOSTILE, href: '/broker/corp/login' }],
    problem: { kind: 'cancelled', upstreamName: HOSTILE },
  }),
  consent('consent', {}),
  consent('consent-everything', {
    scopes: ALL_SCOPES.map((scope, index) => ({ scope, isNew: index > 4 })),
    remembered: { kind: 'for', seconds: 30 * 86_400 },
  }),
  consent('consent-bare', {
    client: { name: 'Notes' },
    scopes: [{ scope: 'openid', isNew: false }],
    returnHost: 'localhost:8080',
    remembered: { kind: 'not' },
  }),
  consent('consent-of-house', {
    scopes: [
      { scope: 'openid', isNew: false },
      { scope: 'profile', titles: ['Shirt size'], isNew: false },
      { scope: 'work', titles: ['Department', 'Desk'], isNew: true },
    ],
    claims: [{ claim: 'badge', title: 'Badge', isNew: false }],
  }),
  consent('consent-to-manage', {
    client: { name: 'Deployer' },
    scopes: ['openid', 'admin.viewer', 'admin.operator', 'admin.administrator'].map(scope => ({
      scope,
      isNew: scope === 'admin.administrator',
    })),
    resources: [{ uri: 'https://id.example.org/api/admin/v1', name: 'Administration', isNew: true }],
  }),
  consent('consent-registered-itself', { client: { name: 'Wiki', origin: 'registration' } }),
  consent('consent-describes-itself', {
    client: { name: 'Reader', origin: 'metadata-document', clientId: 'https://reader.example.com/client.json' },
  }),
  consent('consent-hostile', {
    client: {
      name: HOSTILE,
      description: HOSTILE,
      logoUrl: 'javascript:alert(1)',
      websiteUrl: 'javascript:alert(1)',
      contactEmail: HOSTILE,
    },
    account: { name: HOSTILE, detail: HOSTILE },
    scopes: [
      { scope: HOSTILE, isNew: true },
      { scope: 'work', titles: [HOSTILE, HOSTILE], isNew: true },
    ],
    claims: [
      { claim: HOSTILE, isNew: true },
      { claim: 'badge', title: HOSTILE, isNew: true },
    ],
    resources: [{ uri: HOSTILE, name: HOSTILE, isNew: false }],
    details: [{ type: HOSTILE, [HOSTILE]: HOSTILE, list: [HOSTILE, { [HOSTILE]: [[HOSTILE]] }] }],
    returnHost: HOSTILE,
  }),
  consent('consent-details', {
    client: { name: 'Bookkeeper', logoUrl: LOGO },
    scopes: [{ scope: 'openid', isNew: false }],
    claims: [
      { claim: 'birthdate', isNew: true },
      { claim: 'email_verified', isNew: false },
    ],
    resources: [{ uri: 'https://api.bank.example.org/', name: 'Accounts', isNew: true }],
    details: [
      {
        type: 'payment_initiation',
        actions: ['initiate', 'status', 'cancel'],
        locations: ['https://api.bank.example.org/payments'],
        instructedAmount: { currency: 'EUR', amount: '123.50' },
        creditorName: 'Merchant A',
        creditorAccount: { iban: 'DE02100100109307118603' },
        remittanceInformationUnstructured: 'Invoice 2026-117, thank you very much for shopping with us',
      },
      { type: 'account_information', datatypes: ['balances', 'transactions'], recurring: true },
    ],
    remembered: { kind: 'not' },
  }),
  answer('answer-form-post', page =>
    renderFormPost({ ...page, ...WAITING, action: 'https://dashboard.example.org/callback', params: ANSWER }),
  ),
  answer('answer-web-message', page =>
    renderWebMessage({ ...page, ...WAITING, origin: 'https://dashboard.example.org', params: ANSWER }),
  ),
  device('device', {}),
  device('device-from-link', { userCode: 'WDJB-MJHT' }),
  device('device-not-a-code', { isFromLink: false, userCode: 'WDJ8', problem: { kind: 'not-a-code' } }),
  device('device-unknown-code', { isFromLink: false, userCode: 'WDJB-MJHT', problem: { kind: 'unknown-code' } }),
  device('device-slow-down', {
    isFromLink: false,
    userCode: 'WDJB-MJHT',
    problem: { kind: 'slow-down', seconds: 30 },
  }),
  {
    name: 'device-code',
    render: page =>
      renderDeviceCode({
        ...page,
        userCode: 'WDJB-MJHT',
        verificationUri: 'https://id.example.org/device',
        qr: encode('https://id.example.org/device?user_code=WDJB-MJHT', { border: 0, ecc: 'M' }).data,
      }),
  },
  approval('approval-device', {}),
  approval('approval-device-registered', { client: { name: 'Living-room TV', origin: 'registration' } }),
  approval('approval', BACKCHANNEL),
  approval('approval-details', {
    ...BACKCHANNEL,
    asked: { kind: 'backchannel' },
    resources: [{ uri: 'https://api.bank.example.org/', name: 'Accounts', isNew: false }],
    details: [{ type: 'payment_initiation', amount: { currency: 'EUR', value: '120.00' }, creditor: 'Ada & Sons' }],
  }),
  approval('approval-hostile', {
    ...BACKCHANNEL,
    client: { name: HOSTILE, logoUrl: HOSTILE },
    account: { name: HOSTILE, detail: HOSTILE },
    asked: { kind: 'backchannel', bindingMessage: HOSTILE },
    address: HOSTILE,
    userAgent: HOSTILE,
    scopes: [{ scope: HOSTILE, isNew: false }],
  }),
  approvalDone('device', 'approved'),
  approvalDone('backchannel', 'denied'),
  noAccess('no-access', {}),
  noAccess('no-access-second-factor', { reason: 'second-factor' }),
  noAccess('no-access-no-second-factor', { reason: 'no-second-factor' }),
  noAccess('no-access-device', { clientName: 'Living-room TV', wayBack: 'request' }),
  noAccess('no-access-hostile', { clientName: HOSTILE, account: { name: HOSTILE, detail: HOSTILE } }),
  error('unknown-client'),
  error('bad-redirect-uri'),
  error('bad-request'),
  error('stale'),
  error('used'),
  error('upstream', {
    upstream: { name: 'Example Corporation', isLinking: false, againUrl: '/broker/example/login?flow=0' },
  }),
  {
    ...error('upstream', {
      upstream: { name: 'Example Corporation', isLinking: true, againUrl: '/broker/example/login?flow=0' },
    }),
    name: 'error-upstream-link',
  },
  error('no-cookies'),
  error('server-error'),
  error('not-found'),
  error('too-large'),
  error('busy'),
  { name: 'sign-out', render: page => renderSignOut({ ...page, csrf: FORM.csrf, account: ACCOUNT }) },
  {
    name: 'sign-out-asked',
    render: page => renderSignOut({ ...page, ...FORM, account: ACCOUNT, client: { name: 'Dashboard', logoUrl: LOGO } }),
  },
  { name: 'signed-out', render: page => renderSignedOut({ ...page, signInHref: '/' }) },
  {
    name: 'signed-out-back',
    render: page =>
      renderSignedOut({ ...page, goBack: { href: 'https://dashboard.example.org/', clientName: 'Dashboard' } }),
  },
  setup('setup', {}),
  setup('setup-problems', {
    entered: { username: '', name: 'Ada Lovelace', email: 'ada@example' },
    problems: [
      { field: 'username', kind: 'username-empty' },
      { field: 'email', kind: 'email-invalid' },
      { field: 'password', kind: 'password-too-short' },
      { field: 'password_again', kind: 'passwords-differ' },
    ],
  }),
  setupInvalid('setup-invalid', false),
  setupInvalid('setup-invalid-done', true),
  {
    name: 'setup-done',
    render: page => renderSetupDone({ ...page, name: 'Ada', issuer: 'http://localhost:4000' }),
  },
  {
    name: 'home-signed-out',
    render: page => renderHome({ ...page, visitor: { kind: 'signed-out', signInHref: '/login' } }),
  },
  {
    name: 'home-signed-out-other-ways',
    render: page =>
      renderHome({
        ...page,
        visitor: { kind: 'signed-out', signInHref: '/login', otherWaysHref: '/login?choose=yes' },
      }),
  },
  home('home', {}),
  home('home-administrator', { isAdministrator: true }),
  home('home-approvals', {
    approvals: [
      {
        clientName: 'Bank counter',
        clientLogoUrl: LOGO,
        bindingMessage: 'Transfer 4711 · 120 €',
        requestedAt: new Date('2026-11-21T10:17:00Z'),
        href: '/approve?request=1',
      },
      { clientName: 'Help desk', requestedAt: new Date('2026-11-21T10:19:00Z'), href: '/approve?request=2' },
    ],
  }),
  account('account', {}),
  account('account-bare', { linked: [], linkable: [] }),
  account('account-kept', {
    kept: [
      { title: 'Department', value: 'Sales' },
      { title: 'Languages', value: 'German, English' },
    ],
  }),
  account('account-only-way', {
    hasPassword: false,
    linked: [{ ...GITHUB, mayUnlink: false }],
    problem: 'last-way-in',
  }),
  account('account-unused', {
    linked: [
      { ...GITHUB, unused: 'disabled' },
      { ...COMPANY, unused: 'link-only' },
    ],
    linkable: [],
    problem: 'not-fresh',
  }),
  account('account-hostile', {
    account: { name: HOSTILE, detail: HOSTILE },
    linked: [{ ...GITHUB, name: HOSTILE, label: HOSTILE, logoUrl: 'javascript:alert(1)' }],
    linkable: [{ name: HOSTILE, alias: HOSTILE, logoUrl: HOSTILE }],
    kept: [{ title: HOSTILE, value: HOSTILE }],
  }),
  unlink('unlink', {}),
  unlink('unlink-hostile', { upstreamName: HOSTILE, upstreamLogoUrl: HOSTILE, label: HOSTILE }),
  login('login-proof-link', { proof: { kind: 'link', upstreamName: 'GitHub' }, upstreams: [] }),
  login('login-proof-password', { username: 'ada', proof: { kind: 'post-login', upstreamName: 'GitHub' } }),
  login('login-other-account', {
    username: 'eve',
    proof: { kind: 'link', upstreamName: 'GitHub' },
    problem: { kind: 'other-account' },
  }),
  profile('profile', {}),
  profile('profile-email-missing', { values: { username: 'ada', name: 'Ada Lovelace' } }),
  profile('profile-problems', {
    values: { username: 'admin', email: 'ada@example.org' },
    problems: [
      { field: 'username', kind: 'taken' },
      { field: 'email', kind: 'linked' },
      { field: 'name', kind: 'invalid' },
    ],
  }),
  profile('profile-hostile', {
    upstreamName: HOSTILE,
    values: { username: HOSTILE, email: HOSTILE, name: HOSTILE },
  }),
  linkAccount('link-account', {}),
  linkAccount('link-account-mail-only', { maySignIn: false, mayUseAnother: false }),
  linkAccount('link-account-not-mine', { mailTo: undefined, mayDecline: true }),
  linkAccount('link-account-other-account', { problem: { kind: 'other-account' } }),
  linkAccount('link-account-sent', { isMailed: true }),
  linkAccount('link-account-slow-down', { isMailed: true, problem: { kind: 'slow-down', seconds: 42 } }),
  linkAccount('link-account-hostile', { upstreamName: HOSTILE, known: HOSTILE, mailTo: HOSTILE }),
  linkMailConfirm('link-mail-confirm', {}),
  linkMailConfirm('link-mail-confirm-hostile', { upstreamName: HOSTILE, label: HOSTILE, username: HOSTILE }),
  ...(['expired', 'other-browser'] as const).map(reason => ({
    name: `link-mail-${reason}`,
    render: (page: Page) => renderLinkMailInvalid({ ...page, reason }),
  })),
  ...ARRIVALS_REFUSED.map(reason => arrivalRefused(`arrival-refused-${reason}`, { reason })),
  arrivalRefused('arrival-refused-hostile', { upstreamName: HOSTILE }),
  home('home-apps', { apps: APPS }),
  home('home-hostile', {
    account: { name: HOSTILE, detail: HOSTILE },
    apps: [
      { name: HOSTILE, logoUrl: HOSTILE, href: 'https://app.example.org/' },
      { name: HOSTILE, href: 'javascript:alert(1)' },
    ],
  }),
]

function account(name: string, changes: Partial<AccountPage>): Sample {
  const linkable = [{ name: 'GitLab', alias: 'gitlab', logoUrl: LOGO }, COMPANY]
  const usual = { csrf: FORM.csrf, account: ACCOUNT, hasPassword: true, linked: [GITHUB, COMPANY], linkable }
  return { name, render: page => renderAccount({ ...usual, ...changes, ...page }) }
}

function unlink(name: string, changes: Partial<UnlinkPage>): Sample {
  const usual = {
    csrf: FORM.csrf,
    account: ACCOUNT,
    identityId: GITHUB.id,
    upstreamName: GITHUB.name,
    label: GITHUB.label,
  }
  return { name, render: page => renderUnlink({ ...usual, ...changes, ...page }) }
}

function profile(name: string, changes: Partial<ProfilePage>): Sample {
  const values = { username: 'ada', email: 'ada@example.org', name: 'Ada Lovelace' }
  return {
    name,
    render: page => renderProfile({ ...FORM, upstreamName: 'GitHub', values, problems: [], ...changes, ...page }),
  }
}

function linkAccount(name: string, changes: Partial<LinkAccountPage>): Sample {
  const usual = {
    ...FORM,
    upstreamName: 'GitHub',
    known: 'a•••@example.org',
    mailTo: 'a•••@example.org',
    maySignIn: true,
    mayUseAnother: true,
    mayDecline: false,
    isMailed: false,
  }
  return { name, render: page => renderLinkAccount({ ...usual, ...changes, ...page }) }
}

function linkMailConfirm(name: string, changes: Partial<LinkMailConfirmPage>): Sample {
  const usual = { token: FORM.csrf, csrf: FORM.csrf, upstreamName: 'GitHub', label: 'ada-lovelace', username: 'ada' }
  return { name, render: page => renderLinkMailConfirm({ ...usual, ...changes, ...page }) }
}

function arrivalRefused(name: string, changes: Partial<ArrivalRefusedPage>): Sample {
  const usual = {
    reason: 'mapping',
    upstreamName: 'GitHub',
    code: 'K7QM-4XTB',
    wayOut: 'login',
    wayOutHref: '/',
  } as const
  return { name, render: page => renderArrivalRefused({ ...usual, ...changes, ...page }) }
}

function device(name: string, changes: Partial<DevicePage>): Sample {
  return { name, render: page => renderDevice({ isFromLink: true, ...changes, ...page }) }
}

function approval(name: string, changes: Partial<ApprovalPage>): Sample {
  return { name, render: page => renderApproval({ ...APPROVAL, ...changes, ...page }) }
}

function approvalDone(of: ApprovalDonePage['of'], decision: ApprovalDonePage['decision']): Sample {
  return {
    name: `approval-done-${of}-${decision}`,
    render: page => renderApprovalDone({ ...page, of, decision, clientName: 'Living-room TV' }),
  }
}

function login(name: string, changes: Partial<LoginPage>): Sample {
  return { name, render: page => renderLogin({ ...FORM, ...CLIENT, ...changes, ...page }) }
}

function consent(name: string, changes: Partial<ConsentPage>): Sample {
  return { name, render: page => renderConsent({ ...CONSENT, ...changes, ...page }) }
}

const RETRIES: ReadonlySet<ErrorKind> = new Set(['upstream', 'stale', 'no-cookies', 'server-error', 'busy'])

function answer(name: string, render: (page: Page) => string): Sample {
  return { name, render }
}

function noAccess(name: string, changes: Partial<NoAccessPage>): Sample {
  const standard = { ...FORM, clientName: 'Payroll', account: ACCOUNT, reason: 'closed', wayBack: 'app' } as const
  return {
    name,
    render: page => renderNoAccess({ ...page, ...standard, maySwitch: true, code: '7K3M-9QXT', ...changes }),
  }
}

function error(kind: ErrorKind, changes: Partial<ErrorPage> = {}): Sample {
  return {
    name: `error-${kind}`,
    render: page =>
      renderError({
        ...page,
        ...changes,
        kind,
        code: 'K7QM-4XTB',
        ...(RETRIES.has(kind) && { retryHref: '/' }),
        ...((kind === 'bad-request' || kind === 'used') && {
          goBack: { href: 'https://dashboard.example.org/', clientName: 'Dashboard' },
        }),
      }),
  }
}

function setup(name: string, changes: Partial<SetupPage>): Sample {
  return { name, render: page => renderSetup({ token: FORM.csrf, ...changes, ...page }) }
}

function setupInvalid(name: string, administratorExists: boolean): Sample {
  return { name, render: page => renderSetupInvalid({ ...page, administratorExists, signInHref: '/login' }) }
}

function home(name: string, changes: Partial<SignedInVisitor>): Sample {
  return {
    name,
    render: page =>
      renderHome({
        ...page,
        visitor: {
          kind: 'signed-in',
          csrf: FORM.csrf,
          account: ACCOUNT,
          authTime: new Date('2026-11-21T10:17:00Z'),
          isAdministrator: false,
          approvals: [],
          apps: [],
          ...changes,
        },
      }),
  }
}
