import { renderCodesReference } from '../api/codes-reference.ts'
import { renderHttpApiReference } from '../api/reference.ts'
import { renderMetricsReference } from '../http/metrics/reference.ts'
import { renderExitCodesReference } from './exit-codes.ts'
import { renderCliReference } from './reference.ts'

/** The pages that are made from what the program itself is made of, by their path in the repository. */
export function generatedDocuments(): Readonly<Record<string, string>> {
  return {
    'docs/cli.md': renderCliReference(),
    'docs/codes.md': renderCodesReference(),
    'docs/exit-codes.md': renderExitCodesReference(),
    'docs/http-api.md': renderHttpApiReference(),
    'docs/metrics.md': renderMetricsReference(),
  }
}
