import type { DrillLeg } from '../../api/alerting.ts'
import type { Paint } from '../text/paint.ts'
import { type Cell, table } from '../text/table.ts'
import { brief } from './alerts.ts'

const PROOFS = { accepted: 'its word', 'read-back': 'seen in it', returned: 'came back' } as const
const MOST_SENTENCE = 120

/** What came of a drill or a test on each channel: how fast, and by which proof. */
export function legsTable(legs: readonly DrillLeg[], paint: Paint): string[] {
  const columns = [
    { title: 'CHANNEL' },
    { title: 'RESULT' },
    { title: 'LATENCY', right: true },
    { title: 'PROOF' },
    { title: 'REMARKS' },
  ]
  const rows = legs.map(({ channel, ok, proof, latencyMs, sentence }): Cell[] => [
    channel,
    { text: ok ? 'ok' : 'FAILED', style: ok ? 'green' : 'red' },
    latencyMs === undefined ? '' : latency(latencyMs),
    proof === undefined ? '' : PROOFS[proof],
    brief(sentence, MOST_SENTENCE),
  ])
  return table(columns, rows, paint)
}

function latency(ms: number): string {
  return ms < 10_000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 1000)} s`
}
