import type { ApiOutcome } from '../../ports/cluster.ts'
import { readPermissions } from '../reading/permissions.ts'
import type { ClusterAsk } from './cluster-ask.ts'
import { forPeople } from './outcome.ts'

/** What our token, or user, may do, by path. */
export async function askPermissions(
  cluster: ClusterAsk,
  signal?: AbortSignal,
): Promise<ApiOutcome<Readonly<Record<string, readonly string[]>>>> {
  const options = { section: 'permissions', ...(signal === undefined ? {} : { signal }) }
  const outcome = await cluster.ask('read', undefined, (endpoint) =>
    endpoint.call({ method: 'GET', path: '/access/permissions' }, options),
  )
  if (!outcome.ok) return outcome
  const permissions = readPermissions(outcome.value.data)
  if (permissions !== undefined) return { ok: true, value: permissions }
  return forPeople('malformed-answer', 'The answer to GET /access/permissions is not of the form that is known.')
}
