/** Lifetimes that contradict each other. */

import type { SettingsMistake } from '../../settings-mistake.ts'
import type { ClientProperties } from '../profiles/profile-rule.ts'

export function checkLifetimes({
  refreshTokenSeconds,
  refreshTokenMaxSeconds,
}: ClientProperties): readonly SettingsMistake[] {
  if (refreshTokenSeconds === undefined || refreshTokenMaxSeconds === undefined) return []
  return refreshTokenSeconds <= refreshTokenMaxSeconds
    ? []
    : [
        {
          member: 'refresh_token_lifetime',
          rule: 'lifetime',
          message: 'must not be longer than refresh_token_max_lifetime',
        },
      ]
}
