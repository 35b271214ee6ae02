/** Who somebody new is: `POST /profile` with `flow`, `csrf`, `username`, `email` and `name`. */

import { html } from '../../../lib/html.ts'
import { type MessageKey, translateTo } from '../text/text.ts'
import { renderAlert } from './alert.ts'
import { renderEmblem } from './emblem.ts'
import { renderField } from './field.ts'
import { hiddenFields } from './hidden-fields.ts'
import { type Page, renderPage } from './page.ts'

export type ProfilePageField = 'username' | 'email' | 'name'
export type ProfilePageProblem = 'missing' | 'invalid' | 'taken' | 'linked'

export interface ProfilePage extends Page {
  readonly flowId: string
  readonly csrf: string
  readonly upstreamName: string
  readonly values: Readonly<Partial<Record<ProfilePageField, string>>>
  readonly problems: readonly { readonly field: ProfilePageField; readonly kind: ProfilePageProblem }[]
}

const PROBLEMS: Readonly<Record<ProfilePageField, Readonly<Record<ProfilePageProblem, MessageKey>>>> = {
  username: {
    missing: 'profile.usernameMissing',
    invalid: 'profile.usernameInvalid',
    taken: 'profile.usernameTaken',
    linked: 'profile.usernameTaken',
  },
  email: {
    missing: 'profile.emailInvalid',
    invalid: 'profile.emailInvalid',
    taken: 'profile.emailTaken',
    linked: 'profile.emailLinked',
  },
  name: {
    missing: 'profile.nameInvalid',
    invalid: 'profile.nameInvalid',
    taken: 'profile.nameInvalid',
    linked: 'profile.nameInvalid',
  },
}

export function renderProfile(page: ProfilePage): string {
  const translate = translateTo(page.locale)
  const { upstreamName, values, problems } = page
  const title = translate('profile.title', { upstreamName: page.upstreamName })
  const firstEmpty = values.username === undefined ? 'username' : values.email === undefined ? 'email' : undefined
  const focused = problems[0]?.field ?? firstEmpty
  const about = (name: ProfilePageField) => {
    const problem = problems.find(({ field }) => field === name)
    return {
      id: name,
      name,
      value: values[name],
      problem: problem && translate(PROBLEMS[name][problem.kind], { upstreamName }),
      autofocus: focused === name,
    }
  }
  return renderPage(page, {
    title,
    body: html`${renderEmblem('person')}
<h1>${title}</h1>
<p class="lead">${translate('profile.lead', { upstreamName, brandName: page.brandName })}</p>
${problems.length > 0 && renderAlert(translate('setup.problems', { count: problems.length }))}
<form method="post" action="${page.basePath}/profile" id="profile">
${hiddenFields({ flow: page.flowId, csrf: page.csrf })}
${renderField({
  ...about('username'),
  type: 'text',
  label: translate('profile.username'),
  autocomplete: 'username',
  required: true,
})}
${renderField({
  ...about('email'),
  type: 'email',
  label: translate('profile.email'),
  note: translate('setup.optional'),
  autocomplete: 'email',
})}
${renderField({
  ...about('name'),
  type: 'text',
  label: translate('profile.name'),
  note: translate('setup.optional'),
  autocomplete: 'name',
  autocapitalize: 'words',
})}
<button class="button primary" type="submit" id="save-profile">${translate('profile.submit')}</button>
</form>
${leaveForm(page, translate('linkAccount.cancel'))}`,
  })
}

/** Back to the other ways to sign in; what the upstream said is forgotten. */
export function leaveForm(page: Pick<ProfilePage, 'basePath' | 'flowId' | 'csrf'>, label: string) {
  return html`<form method="post" action="${page.basePath}/link-account" id="cancel-form" class="centred">
${hiddenFields({ flow: page.flowId, csrf: page.csrf })}
<button class="text-button" type="submit" id="cancel" name="choice" value="cancel">${label}</button>
</form>`
}
