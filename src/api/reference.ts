import { API_ERRORS } from './errors.ts'
import { type Field, fieldsOf, formsOf } from './fields.ts'
import { HOOKS, type Hook } from './hooks.ts'
import { NAMED } from './named.ts'
import type { Route } from './route.ts'
import { ROUTES } from './routes.ts'

const INTRODUCTION = `# HTTP API

Generated from the schemas in \`src/api\` by \`npm run generate\`; do not edit.

The same API is served twice. On \`METRICS_PORT\` (8000) it can be read by anybody who reaches the port. On the Unix
socket \`control.sock\` in the state directory (mode 0660) it takes the calls that change something besides; who may
open the socket may order.

\`\`\`sh
curl http://127.0.0.1:8000/api/v1/status
curl --unix-socket /var/lib/proxmox-watchdog/control.sock http://watchdog/api/v1/export
\`\`\`

Answers may gain fields. Fields marked \`?\` are missing where there is nothing to say. Besides \`/api/v1\`:

| address | answer |
|---|---|
| \`GET /metrics\` | [metrics](metrics.md) for Prometheus |
| \`GET /pve?target=\` | the clusters by the names of prometheus-pve-exporter: [prometheus-setup.md](prometheus-setup.md) |
| \`GET /healthz\` | 200 while the loop turns and the state can be written, else 503; the reasons are in the body |
| \`GET /readyz\` | 200 once a first round is done besides, else 503 |
| \`POST /hooks/...\`, \`/heartbeats/NAME\` | alerts and signs of life of others, with a token: [below](#hooks) |

[hooks.md](hooks.md) shows how Alertmanager, Proxmox and scripts are pointed here.
`

const HOOKS_INTRODUCTION = `Taken on \`METRICS_PORT\` alone, and only where the configuration opens them: with \`Authorization: Bearer TOKEN\`, basic
authentication, or \`?token=TOKEN\`. 200 means that it is on disk. Never a redirect. See [hooks.md](hooks.md).
`

/** docs/http-api.md, wholly. */
export function renderHttpApiReference(): string {
  const routes: Route[] = Object.values(ROUTES)
  return [
    INTRODUCTION,
    '## Calls\n',
    ...routes.map(renderRoute),
    '## Hooks\n',
    HOOKS_INTRODUCTION,
    ...Object.values<Hook>(HOOKS).map(renderHook),
    '## Errors\n',
    renderErrors(),
    '## Objects\n',
    ...Object.entries(NAMED).map(
      ([name, schema]) => `### ${name}\n\n${renderFields(fieldsOf(schema, 'output'), false)}`,
    ),
  ].join('\n')
}

function renderRoute(route: Route): string {
  const parts = [
    `### ${route.method} ${route.path}\n`,
    `${route.says}${route.on === 'socket' ? ' Socket only.' : ''}\n`,
  ]
  if (route.query !== undefined) parts.push(`Query:\n\n${renderFields(fieldsOf(route.query, 'input'), true)}`)
  parts.push(...renderBody(route.body))
  const name = nameOf(route.answer)
  const fields = name === undefined ? fieldsOf(route.answer, 'output') : []
  const no = route.noWith === undefined ? '' : ` (with status ${route.noWith} where \`ok\` is false)`
  if (name !== undefined) parts.push(`${route.stream ? 'Each' : 'Answer'}${no}: ${linkTo(name)}\n`)
  else if (fields.length > 0) parts.push(`Answer${no}:\n\n${renderFields(fields, false)}`)
  else parts.push('Answer: JSON.\n')
  return parts.join('\n')
}

function renderHook({ method, path, says, body, answer }: Hook): string {
  const name = nameOf(answer)
  const told =
    name === undefined ? `Answer:\n\n${renderFields(fieldsOf(answer, 'output'), false)}` : `Answer: ${linkTo(name)}\n`
  return [`### ${method} ${path}\n`, `${says}\n`, ...renderBody(body), told].join('\n')
}

function nameOf(answer: Route['answer']): string | undefined {
  return Object.entries(NAMED).find(([, schema]) => schema === answer)?.[0]
}

const linkTo = (name: string) => `[${name}](#${name.toLowerCase()})`

function renderBody(body: Route['body']): string[] {
  if (body === undefined) return []
  const forms = formsOf(body, 'input')
  const title = forms.length === 1 ? 'Body:\n' : `Body, one of ${forms.length} forms:\n`
  return [title, ...forms.map((form) => renderFields(form, true))]
}

function renderFields(fields: readonly Field[], input: boolean): string {
  const rows = fields.map((field) => {
    const mark = field.needed ? '' : input ? ' (optional)' : '?'
    return `| \`${field.path}\`${mark} | ${field.type} | ${field.says} |`
  })
  return `| field | type | meaning |\n|---|---|---|\n${rows.join('\n')}\n`
}

function renderErrors(): string {
  const rows = Object.entries(API_ERRORS).map(([code, [status, says]]) => `| \`${code}\` | ${status} | ${says} |`)
  return (
    'A call that fails answers `{ "error": { "code": ..., "sentence": ... } }`.\n\n' +
    `| code | status | meaning |\n|---|---|---|\n${rows.join('\n')}\n`
  )
}
