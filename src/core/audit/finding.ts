import { AUDIT_CODES, type AuditCode } from './codes.ts'
import type { Finding, FindingSeverity } from './types.ts'

type More = { readonly cluster?: string; readonly node?: string; readonly severity?: FindingSeverity }

export function finding(code: AuditCode, sentence: string, remedy: string, more: More = {}): Finding {
  const { severity, why } = AUDIT_CODES[code]
  return { code, severity, sentence, why, remedy, ...more }
}
