import type { Client, Failure } from '../client.ts'
import { NO_UPS } from '../render/ups.ts'

/** The UPS that is meant: the one that there is, or the one that was named. */
export async function unitOf(client: Client, ups: string | undefined): Promise<{ ok: true; name: string } | Failure> {
  const reply = await client.call('ups')
  if (!reply.ok) return reply
  const names = reply.value.units.map(({ name }) => name)
  if (names.length === 0) return { ok: false, exit: 'no', sentence: NO_UPS }
  const name = ups ?? (names.length === 1 ? names[0] : undefined)
  if (name !== undefined && names.includes(name)) return { ok: true, name }
  const sentence = ups === undefined ? 'Which UPS?' : `No UPS is called ${ups}.`
  return { ok: false, exit: 'usage', sentence: `${sentence} There are ${names.join(', ')}.` }
}
