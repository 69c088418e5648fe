import type { Clock } from '../../ports/clock.ts'
import type { ApiAnswer, CallFailure, CallOptions, CallOutcome, Endpoint } from '../api/endpoint.ts'
import { refusalOf } from '../api/refusals.ts'
import { type ApiRequest, written } from '../api/request.ts'
import type { Asked, Script } from './pve-server.ts'

export type FakeEndpoint = Endpoint & { script: Script; readonly asked: Asked[]; closed: boolean }

/** An endpoint without sockets, in virtual time: it answers at once, or after its deadline where the script hangs. */
export function fakeEndpoint(name: string, clock: Clock, script: Script, timeoutMs = 10_000): FakeEndpoint {
  const closing = new AbortController()
  const fake = {
    name,
    script,
    asked: [] as Asked[],
    closed: false,
    knownAs: () => {},
    stats: () => [],
    close: () => {
      fake.closed = true
      closing.abort()
    },
    call: async (request: ApiRequest, _options: CallOptions): Promise<CallOutcome<ApiAnswer>> => {
      const [path = '', query = ''] = written(request).target.replace('/api2/json', '').split('?')
      const params = Object.fromEntries(new URLSearchParams(query))
      const asked: Asked = { method: request.method, path, params, headers: {}, connection: 0 }
      fake.asked.push(asked)
      const answer = fake.script(asked) ?? { status: 501, reason: 'Unknown method' }
      if (answer.after !== undefined) {
        await clock.sleep(timeoutMs, closing.signal)
        return no(clock, closing.signal.aborted ? 'aborted' : 'timeout', 'gave no whole answer')
      }
      if (answer.hangUp === true) return no(clock, 'unreachable', 'cannot be reached (ECONNREFUSED)')
      const text = answer.body ?? JSON.stringify({ data: answer.data })
      const { status = 200, reason = '' } = answer
      if (status !== 200) {
        const raw = { ok: true, status, reason, contentType: '', text, wireBytes: 0, droppedBytes: 0 } as const
        const { code, sentence } = refusalOf(raw, request.method, (each) => each)
        return no(clock, code, sentence)
      }
      const now = clock.now()
      const { data } = JSON.parse(text)
      return { ok: true, value: { data, at: now, clockS: now.wallMs / 1000, clockOursS: now.wallMs / 1000 } }
    },
  }
  return fake as unknown as FakeEndpoint
}

function no(clock: Clock, code: CallFailure['code'], sentence: string): CallFailure {
  return { ok: false, code, sentence, at: clock.now(), mayHaveArrived: false }
}
