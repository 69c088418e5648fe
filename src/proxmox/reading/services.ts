import type { ServiceState } from '../../core/cluster/types.ts'
import { maybeText, rows, text } from './loose.ts'

/** `GET /nodes/{node}/services`. watchdog-mux is not among them. */
export function readServices(data: unknown): readonly ServiceState[] | undefined {
  return rows(data)?.flatMap((row) => {
    const name = maybeText(row.name) ?? maybeText(row.service)
    return name === undefined ? [] : [{ name, state: text(row.state), unitState: text(row['unit-state']) }]
  })
}
