import { readKernels, readPending } from '../reading/updates.ts'
import { notUnderstood, type SectionReader } from './section.ts'

const VERSIONS = '/nodes/{node}/apt/versions'
const PENDING = '/nodes/{node}/apt/update'

/**
 * The list of updates needs Sys.Modify even to read, the kernels only Sys.Audit: those are told where the list is not
 * permitted, since whether a node has to be rebooted is worth knowing by itself.
 */
export const updatesSection: SectionReader<'updates'> = {
  section: 'updates',
  read: async ({ node, ask }) => {
    const versions = await ask({ method: 'GET', path: VERSIONS, params: { node } })
    if (!versions.ok) return versions
    const kernels = readKernels(versions.value.data)
    if (kernels === undefined) return notUnderstood(versions.value.at, VERSIONS)
    const list = await ask({ method: 'GET', path: PENDING, params: { node } })
    const pending = list.ok ? readPending(list.value.data) : undefined
    if (list.ok && pending === undefined) return notUnderstood(list.value.at, PENDING)
    if (pending !== undefined) return { ok: true, at: versions.value.at, value: { ...kernels, pending } }
    const value = { ...kernels, pending: [], pendingUnknown: true }
    return { ok: true, at: versions.value.at, value, ...(list.ok ? {} : { beside: list }) }
  },
}
