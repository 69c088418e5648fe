import type { Certificate } from '../../core/cluster/types.ts'
import { maybeNumber, maybeText, optional, rows } from './loose.ts'

/** `GET /nodes/{node}/certificates/info`. */
export function readCertificates(data: unknown): readonly Certificate[] | undefined {
  return rows(data)?.flatMap((row) => {
    const notAfterS = maybeNumber(row.notafter)
    if (notAfterS === undefined) return []
    const certificate: Certificate = {
      file: maybeText(row.filename) ?? 'unnamed',
      notAfterS,
      ...optional('fingerprint', maybeText(row.fingerprint)),
      ...optional('subject', maybeText(row.subject)),
    }
    return [certificate]
  })
}
