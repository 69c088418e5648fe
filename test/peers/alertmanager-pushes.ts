export type Push = { readonly method?: string; readonly path?: string; readonly type?: string; readonly body?: unknown }

const STARTS = '2026-03-01T02:10:00.000Z'
const LABELS = { alertname: 'A' }

/** Calls of Alertmanager's API, and the status that 0.25 answers to each: the same is expected of the lab's. */
export const PUSHES: readonly (readonly [string, Push, number])[] = [
  ['one alert', { body: [{ labels: LABELS }] }, 200],
  ['all of an alert', { body: [{ labels: LABELS, annotations: { a: '' }, startsAt: STARTS, endsAt: STARTS }] }, 200],
  ['none', { body: [] }, 200],
  ['no list', { body: { labels: LABELS } }, 400],
  ['no object', { body: ['A'] }, 400],
  ['no JSON', { body: undefined }, 400],
  ['no labels', { body: [{}] }, 422],
  ['empty labels', { body: [{ labels: {} }] }, 400],
  ['only empty values', { body: [{ labels: { alertname: '' } }] }, 400],
  ['a number for a label', { body: [{ labels: { alertname: 1 } }] }, 400],
  ['a bad name', { body: [{ labels: { 'a.b': 'c' } }] }, 400],
  ['a bad annotation', { body: [{ labels: LABELS, annotations: { 'a.b': 'c' } }] }, 400],
  ['a bad one and a good one', { body: [{ labels: { 1: 'c' } }, { labels: LABELS }] }, 400],
  [
    'an end before its beginning',
    { body: [{ labels: LABELS, startsAt: STARTS, endsAt: '2026-03-01T02:00:00Z' }] },
    400,
  ],
  ['a time that is none', { body: [{ labels: LABELS, startsAt: 'today' }] }, 400],
  ['an address that is none', { body: [{ labels: LABELS, generatorURL: 'a b' }] }, 422],
  ['another type', { type: 'text/plain', body: [{ labels: LABELS }] }, 415],
  ['another place', { path: '/api/v2/alert', body: [] }, 404],
  ['another method', { method: 'PUT', body: [] }, 405],
  ['a question', { method: 'GET', path: '/api/v2/alerts?filter=alertname%3D%22A%22' }, 200],
  ['a bad question', { method: 'GET', path: '/api/v2/alerts?filter=%7B' }, 400],
  ['whether it is well', { method: 'GET', path: '/-/healthy' }, 200],
]

/** The status that a server answers. */
export async function pushed(url: string, push: Push): Promise<number> {
  const { method = 'POST', path = '/api/v2/alerts', type = 'application/json', body } = push
  const text = method === 'GET' ? {} : { body: body === undefined ? '[{' : JSON.stringify(body) }
  return (await fetch(`${url}${path}`, { method, headers: { 'content-type': type }, ...text })).status
}
