import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { closedPort } from '../../test/sockets/listeners.ts'
import { Entry } from './entry.ts'
import { probeWebhooks } from './probe.ts'
import { receiversOf, webhooksOf } from './receivers.ts'

const never = new AbortController().signal
const open: Server[] = []
afterEach(() => {
  for (const server of open.splice(0)) server.close()
})

async function serve(answer: (method: string) => { status: number; location?: string }) {
  const asked: string[] = []
  const server = createServer((incoming, outgoing) => {
    let body = ''
    incoming.on('data', (chunk) => {
      body += chunk
    })
    incoming.on('end', () => {
      asked.push(`${incoming.method} ${incoming.url} ${body}`)
      const { status, location } = answer(incoming.method ?? '')
      outgoing.writeHead(status, location === undefined ? {} : { location }).end()
    })
  })
  open.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

function probe(...configs: unknown[]) {
  const root = new Entry({ receivers: [{ name: 'r', webhook_configs: configs }] })
  return probeWebhooks(webhooksOf(receiversOf(root), root), never)
}

describe('asking the addresses', () => {
  it('finds a redirect, and does not follow it', async () => {
    const elsewhere = await serve(() => ({ status: 200 }))
    const server = await serve(() => ({ status: 301, location: `${elsewhere.url}/hooks/alertmanager?token=hunter2` }))
    const [found, ...more] = await probe({ url: `${server.url}/hooks/alertmanager?token=hunter2` })
    expect(more).toEqual([])
    expect(found).toMatchObject({
      code: 'url-redirects',
      severity: 'error',
      path: ['receivers', 0, 'webhook_configs', 0, 'url'],
    })
    expect(found?.sentence).toContain(`answers with a redirect (301), to ${elsewhere.url}/hooks/alertmanager.`)
    expect(JSON.stringify(found)).not.toContain('hunter2')
    expect([server.asked, elsewhere.asked]).toEqual([['HEAD /hooks/alertmanager?token=hunter2 '], []])
  })

  it('asks with an empty POST where HEAD is not known', async () => {
    const server = await serve((method) => ({ status: method === 'HEAD' ? 405 : 307, location: 'not a url%' }))
    expect(await probe({ url: `${server.url}/x` })).toMatchObject([{ code: 'url-redirects' }])
    expect(server.asked).toEqual(['HEAD /x ', 'POST /x '])
  })

  it('says nothing of any other answer, and that there was none', async () => {
    const [well, refuses] = [await serve(() => ({ status: 200 })), await serve(() => ({ status: 401 }))]
    const nobody = `http://127.0.0.1:${await closedPort()}/hunter2`
    const found = await probe(
      { url: `${well.url}/` },
      { url: `${refuses.url}/` },
      { url: nobody },
      { url_file: '/x' },
      { url: 'x' },
    )
    expect(found).toMatchObject([
      { code: 'url-unreachable', severity: 'warning', path: ['receivers', 0, 'webhook_configs', 2, 'url'] },
    ])
    expect(JSON.stringify(found)).not.toContain('hunter2')
  })
})
