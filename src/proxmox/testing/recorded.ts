import { readFileSync } from 'node:fs'

const folder = new URL('../../../test/fixtures/pve/responses/', import.meta.url)

/** A recorded answer of a real cluster, by its file: `healthy/cluster_status`. */
export function recordedText(name: string): string {
  return readFileSync(new URL(`${name}.json`, folder), 'utf8')
}

/** Its `data`. */
export function recorded(name: string): unknown {
  return JSON.parse(recordedText(name)).data
}

/** The status line that it came with. */
export function recordedStatus(name: string): { readonly status: number; readonly reason: string } {
  const [, status, reason] = /^HTTP\/1\.1 (\d+) ([^\r\n]*)/.exec(
    readFileSync(new URL(`${name}.headers`, folder), 'utf8'),
  ) as RegExpExecArray
  return { status: Number(status), reason: reason ?? '' }
}
