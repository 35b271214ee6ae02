/** Everybody who is in a group, page by page. */

import type { AdminClient, DocumentOf } from '../admin-client/admin-client.ts'

type Member = DocumentOf<'groups.members'>['items'][number]

const LARGEST_PAGE = 200

export async function* membersOf(admin: AdminClient, name: string, words?: string): AsyncGenerator<Member, void> {
  let cursor: string | undefined
  do {
    const query = {
      limit: LARGEST_PAGE,
      ...(words === undefined ? {} : { q: words }),
      ...(cursor === undefined ? {} : { cursor }),
    }
    const { document } = await admin.call('groups.members', { path: { name }, query })
    yield* document.items
    cursor = document.next
  } while (cursor !== undefined)
}
