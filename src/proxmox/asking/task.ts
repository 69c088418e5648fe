import { spell } from '../../core/phrase.ts'
import { elapsedMs } from '../../core/time.ts'
import type { ApiOutcome, TaskEnd } from '../../ports/cluster.ts'
import { readTaskEnd } from '../reading/task-end.ts'
import type { ClusterAsk } from './cluster-ask.ts'
import { forPeople } from './outcome.ts'

const PATH = '/nodes/{node}/tasks/{upid}/status'
const EVERY_MS = 1_000
const AT_MOST_EVERY_MS = 5_000

/**
 * Waits until a task has ended, asking once a second and then more seldom. A question that fails is asked again: the
 * task goes on, whether or not its node can be reached just now. After `limitMs` it may still be running.
 */
export async function waitForTask(
  cluster: ClusterAsk,
  upid: string,
  limitMs: number,
  signal?: AbortSignal,
): Promise<ApiOutcome<TaskEnd>> {
  const node = upid.split(':')[1] ?? ''
  if (!upid.startsWith('UPID:') || node === '') {
    return forPeople('malformed-answer', 'The answer of the action is no id of a task (UPID:...).')
  }
  const began = cluster.clock.now()
  let last = ''
  for (let pauseMs = EVERY_MS; ; pauseMs = Math.min(AT_MOST_EVERY_MS, pauseMs * 1.5)) {
    const outcome = await cluster.ask('read', node, (endpoint) =>
      endpoint.call(
        { method: 'GET', path: PATH, params: { node, upid } },
        { section: 'task-status', ...(signal === undefined ? {} : { signal }) },
      ),
    )
    if (signal?.aborted === true) return forPeople('aborted', `The end of the task ${upid} was not waited for.`)
    if (outcome.ok) {
      const end = readTaskEnd(upid, outcome.value.data)
      if (end === undefined) return forPeople('malformed-answer', `The answer about the task ${upid} tells no status.`)
      if (end !== 'running') return { ok: true, value: end }
    } else if (outcome.code === 'forbidden' || outcome.code === 'aborted') return outcome
    last = outcome.ok ? '' : ` Last it could not be asked: ${outcome.sentence}`
    if (elapsedMs(began, cluster.clock.now()) >= limitMs) {
      return forPeople('timeout', `The task ${upid} had not ended after ${spell(limitMs)}; it may still run.${last}`)
    }
    await cluster.clock.sleep(pauseMs, signal)
  }
}
