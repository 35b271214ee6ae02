/** Settings of the server: what counts, who says so, and changing those that may change while it runs. */

import { pageOf } from '../page-of.ts'
import type { ShownSetting } from '../ports.ts'
import type { Resource } from '../resource.ts'
import { SETTING_ACTIONS } from './settings/change-setting.ts'
import { SETTING_FIELDS, settingDocument } from './settings/setting-document.ts'

export const settings: Resource<ShownSetting> = {
  name: 'settings',
  singular: 'setting',
  key: 'name',
  hasChosenNames: true,
  about:
    'What counts on this server. Variables win over files, files over what is changed here; what is `changeable` counts at once, the rest from the next start.',
  fields: SETTING_FIELDS,
  roles: { read: 'viewer', change: 'administrator' },
  async list(query, { settings: now }) {
    const rows = now.all.map(thing => ({ thing, document: settingDocument(thing, now) }))
    return pageOf(rows, query, { key: 'name', fields: SETTING_FIELDS })
  },
  find: async (key, { settings: { all } }) => all.find(({ name }) => name === key),
  documentOf: (setting, { settings: now }) => settingDocument(setting, now),
  actions: SETTING_ACTIONS,
}
