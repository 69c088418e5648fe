import type { ApiFailure } from '../../core/cluster/types.ts'
import type { ApiOutcome } from '../../ports/cluster.ts'

export function forPeople(code: ApiFailure, sentence: string): Extract<ApiOutcome<never>, { readonly ok: false }> {
  return { ok: false, code, sentence }
}
