import { z } from 'zod'
import { ALERT_SEVERITIES, ALERT_SOURCES, type Incoming, type Labels } from '../../core/alerts/types.ts'
import { isRecord, isTextRecord, parsed, type Unreadable } from './columns.ts'

/** What the dispatcher reads without asking. Loose: fields that are not named here are kept as they are. */
const labels = z.custom<Labels>(isTextRecord)
const incoming = z
  .array(
    z.discriminatedUnion('kind', [
      z.looseObject({
        kind: z.literal('alert'),
        source: z.enum(ALERT_SOURCES),
        status: z.enum(['firing', 'resolved', 'notice']),
        fingerprint: z.string(),
        labels,
        annotations: labels,
        severity: z.enum(ALERT_SEVERITIES),
        startsMs: z.number(),
        endsMs: z.number().optional(),
        link: z.string().optional(),
        extra: z.custom<Readonly<Record<string, unknown>>>(isRecord).optional(),
      }),
      z.looseObject({
        kind: z.literal('note'),
        host: z.string().optional(),
        device: z.string().optional(),
        code: z.string(),
        sentence: z.string(),
        atMs: z.number(),
      }),
    ]),
  )
  .readonly()

/** The type checker's word that nothing the core can make is refused here. */
const nothingRefused: readonly Incoming[] extends z.input<typeof incoming> ? true : false = true
void nothingRefused

/** As one row of the inbox. What could not be read back is refused before it is acknowledged. */
export function encodeIncoming(
  together: readonly Incoming[],
): { readonly json: string } | { readonly invalid: string } {
  const reason = troubleWith(together)
  if (reason !== undefined) return { invalid: reason }
  try {
    return { json: JSON.stringify(together) }
  } catch (error) {
    // Nested too deeply, or not JSON at all.
    return { invalid: error instanceof Error ? error.message : String(error) }
  }
}

export function decodeIncoming(text: unknown): { readonly incoming: readonly Incoming[] } | Unreadable {
  const json = parsed(text as string)
  if ('unreadable' in json) return json
  const reason = troubleWith(json.value)
  return reason === undefined ? { incoming: json.value as readonly Incoming[] } : { unreadable: reason }
}

function troubleWith(value: unknown): string | undefined {
  const issue = incoming.safeParse(value).error?.issues[0]
  return issue === undefined ? undefined : `${issue.path.join('.')}: ${issue.message}`
}
