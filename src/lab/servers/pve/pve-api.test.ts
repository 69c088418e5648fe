import { afterEach, describe, expect, test } from 'vitest'
import { claimNetwork, FREE_PORTS } from '../../testing/network.ts'
import { type ClusterSpec, homeLabWithCluster } from '../../world/index.ts'
import { LAB_API_USER, type Lab, type LabOptions, type PveOptions, startLab } from '../index.ts'
import { askNode } from './test-client.ts'

const NETWORK = await claimNetwork()
const NO_DELAYS = { refusedLoginMs: 0, unreachableMs: 0, lockMs: 0 }
const TIME_SCALE = 200

const cleanup: (() => unknown)[] = []
afterEach(async () => {
  for (const one of cleanup.splice(0).reverse()) await one()
})

async function start(
  over: Partial<ClusterSpec> = {},
  proxmox: PveOptions = {},
  options: Partial<LabOptions> = {},
): Promise<Lab> {
  const spec = homeLabWithCluster()
  const clusters = [{ ...spec.clusters![0]!, ...over }]
  const lab = await startLab({
    spec: { ...spec, clusters },
    network: NETWORK,
    ports: FREE_PORTS,
    proxmox: { delays: NO_DELAYS, ...proxmox },
    ...options,
  })
  cleanup.push(() => lab.stop())
  return lab
}

type Row = Record<string, unknown>
const rows = async (lab: Lab, node: string, path: string) => (await askNode(lab, node, path)).data as Row[]
const grants = (...privileges: string[]) => ({
  tokens: { 'few@pve!t': { secret: 's', grants: { '/': privileges } } },
  headers: { Authorization: 'PVEAPIToken=few@pve!t=s' },
})

describe('who may ask', () => {
  test('without or with a wrong token nobody; the page of the host is for everybody', async () => {
    const lab = await start()
    const none = await askNode(lab, 'pve1', '/version', { headers: {} })
    expect([none.status, none.phrase, none.json]).toEqual([401, 'No ticket', { data: null }])
    for (const Authorization of ['PVEAPIToken=watchdog@pve!lab=wrong', 'PVEAPIToken=none@pve!x=y', 'PVEAPIToken=']) {
      expect((await askNode(lab, 'pve1', '/version', { headers: { Authorization } })).status).toBe(401)
    }
    expect((await askNode(lab, 'nas', '/version')).status).toBe(401)
  })

  test('a ticket reads by itself, writes with its CSRF token only, and ends after two hours', async () => {
    const lab = await start({}, {}, { timeScale: 1 })
    const form = { username: LAB_API_USER.name, password: LAB_API_USER.password }
    const login = await askNode(lab, 'pve1', '/access/ticket', { method: 'POST', form, headers: {} })
    const { ticket, CSRFPreventionToken } = login.data as Record<string, string>
    const cookie = { Cookie: `PVEAuthCookie=${encodeURIComponent(ticket!)}` }
    expect((await askNode(lab, 'pve1', '/version', { headers: cookie })).status).toBe(200)
    const write = (headers: Record<string, string>) =>
      askNode(lab, 'pve4', '/nodes/pve4/stopall', { method: 'POST', form: {}, headers: { ...cookie, ...headers } })
    expect((await write({})).phrase).toBe('Permission denied - invalid csrf token')
    expect((await write({ CSRFPreventionToken: 'x:y' })).status).toBe(401)
    expect((await write({ CSRFPreventionToken: CSRFPreventionToken! })).status).toBe(200)
    const again = { username: LAB_API_USER.name, password: ticket! }
    expect((await askNode(lab, 'pve2', '/access/ticket', { method: 'POST', form: again, headers: {} })).status).toBe(
      200,
    )
    const wrong = { ...form, password: 'wrong' }
    const refused = await askNode(lab, 'pve1', '/access/ticket', { method: 'POST', form: wrong, headers: {} })
    expect([refused.status, refused.phrase]).toEqual([401, 'authentication failure'])
    const stamp = (Math.floor(Date.now() / 1000) - 7_300).toString(16).toUpperCase()
    const old = { Cookie: `PVEAuthCookie=${encodeURIComponent(ticket!.replace(/:[0-9A-F]{8}::/, `:${stamp}::`))}` }
    expect((await askNode(lab, 'pve1', '/version', { headers: old })).phrase).toContain('invalid PVE ticket')
  })

  test('an expired ticket is refused', async () => {
    let realMs = 0
    const lab = await start({}, { wallStartMs: () => 1_795_200_000_000 }, { realMs: () => realMs })
    const form = { username: LAB_API_USER.name, password: LAB_API_USER.password }
    const login = await askNode(lab, 'pve1', '/access/ticket', { method: 'POST', form, headers: {} })
    const headers = { Cookie: `PVEAuthCookie=${encodeURIComponent((login.data as Row).ticket as string)}` }
    realMs = 7_100_000
    expect((await askNode(lab, 'pve1', '/version', { headers })).status).toBe(200)
    realMs = 7_300_000
    expect((await askNode(lab, 'pve1', '/version', { headers })).status).toBe(401)
  })

  test('each path needs its privilege, and lists hold what may be seen', async () => {
    const { tokens, headers } = grants('Sys.Audit')
    const lab = await start({}, { tokens })
    const ask = (path: string) => askNode(lab, 'pve1', path, { headers })
    expect((await ask('/cluster/status')).status).toBe(200)
    const journal = await ask('/nodes/pve1/journal')
    expect([journal.status, journal.phrase]).toEqual([403, 'Permission check failed (/nodes/pve1, Sys.Syslog)'])
    expect((await ask('/nodes/pve1/apt/update')).status).toBe(403)
    expect((await ask('/nodes/pve1/qemu/100/config')).status).toBe(403)
    expect((await ask('/nodes/pve1/qemu')).data).toEqual([])
    expect((await ask('/nodes/pve1/storage')).data).toEqual([])
    const types = ((await ask('/cluster/resources')).data as Row[]).map(({ type }) => type)
    expect([...new Set(types)].toSorted()).toEqual(['network', 'node'])
    expect((await ask('/access/permissions')).data).toEqual({ '/': { 'Sys.Audit': 1 } })
  })

  test('a grant on a path is for what is below it', async () => {
    const tokens = { 'few@pve!t': { secret: 's', grants: { '/vms/100': ['VM.Audit'] } } }
    const lab = await start({}, { tokens })
    const headers = { Authorization: 'PVEAPIToken=few@pve!t=s' }
    const resources = await askNode(lab, 'pve1', '/cluster/resources?type=vm', { headers })
    expect((resources.data as Row[]).map(({ id }) => id)).toEqual(['qemu/100'])
    expect((await askNode(lab, 'pve1', '/cluster/status', { headers })).status).toBe(403)
  })
})

describe('what is asked', () => {
  test('unknown, missing and mistyped parameters are refused with their names', async () => {
    const lab = await start()
    const bad = await askNode(lab, 'pve1', '/cluster/resources?type=guest&foo=1')
    expect([bad.status, bad.phrase]).toEqual([400, 'Parameter verification failed.'])
    expect(bad.json).toMatchObject({
      data: null,
      errors: { type: expect.stringContaining('enumeration'), foo: expect.stringContaining('not defined in schema') },
    })
    const missing = await askNode(lab, 'pve1', '/nodes/pve1/rrddata')
    expect(missing.json).toMatchObject({ errors: { timeframe: expect.stringContaining('missing') } })
    const typed = await askNode(lab, 'pve1', '/nodes/pve1/tasks?limit=many&errors=perhaps')
    expect(Object.keys((typed.json as { errors: Row }).errors)).toEqual(['limit', 'errors'])
    expect((await askNode(lab, 'pve1', '/cluster/nothing')).status).toBe(501)
    expect((await askNode(lab, 'pve1', '/nodes/pve9/status')).phrase).toContain("hostname lookup 'pve9' failed")
    expect((await askNode(lab, 'pve1', '/nodes/pve1/qemu/999/config')).status).toBe(500)
  })

  test('a call for another node is passed on; 595 where that cannot be reached', async () => {
    const lab = await start()
    expect((await askNode(lab, 'pve1', '/nodes/pve3/status')).status).toBe(200)
    await lab.act({ kind: 'hang', host: 'pve3' })
    const gone = await askNode(lab, 'pve1', '/nodes/pve3/status')
    expect([gone.status, gone.phrase, gone.body]).toEqual([595, 'No route to host', ''])
  })

  test('older releases know less', async () => {
    const lab = await start({ version: '8.4' })
    expect((await askNode(lab, 'pve1', '/version')).data).toMatchObject({ release: '8.4' })
    expect((await rows(lab, 'pve1', '/cluster/ha/status/current')).some(({ type }) => type === 'fencing')).toBe(false)
    expect((await askNode(lab, 'pve1', '/cluster/ha/rules')).status).toBe(501)
    expect((await askNode(lab, 'pve1', '/cluster/ha/groups')).data).toEqual([])
    const form = { 'resource-mode': 'freeze' }
    const disarm = await askNode(lab, 'pve1', '/cluster/ha/status/disarm-ha', { method: 'POST', form })
    expect(disarm.status).toBe(501)
    expect((await askNode(lab, 'pve1', '/nodes/pve1/journal?unit=x')).status).toBe(400)
    expect((await rows(lab, 'pve1', '/nodes/pve1/qemu'))[0]).not.toHaveProperty('memhost')
  })
})

describe('what a cluster in trouble answers', () => {
  test('a node that is cut off tells its own view, old rows, and refuses writes', async () => {
    const lab = await start({ qdevice: undefined } as unknown as Partial<ClusterSpec>, {}, { timeScale: TIME_SCALE })
    await lab.act({ kind: 'partition', host: 'pve4' })
    expect(await lab.until((state) => !state.clusters[0]!.nodes[3]!.quorate, 10_000)).toBe(true)
    const online = async (node: string) =>
      (await rows(lab, node, '/cluster/status')).filter((row) => row.online === 1).map(({ name }) => name)
    expect(await online('pve1')).toEqual(['pve1', 'pve2', 'pve3'])
    expect(await online('pve4')).toEqual(['pve4'])
    expect((await rows(lab, 'pve4', '/cluster/status'))[0]).toMatchObject({ type: 'cluster', quorate: 0 })
    const web = (await rows(lab, 'pve4', '/cluster/resources?type=vm')).find(({ vmid }) => vmid === 100)
    expect(web).toMatchObject({ node: 'pve1', status: 'running' })
    const write = await askNode(lab, 'pve4', '/nodes/pve4/qemu/104/status/start', { method: 'POST', form: {} })
    expect([write.status, write.phrase]).toEqual([500, expect.stringContaining('Permission denied')])
    const replication = await askNode(lab, 'pve4', '/nodes/pve4/replication')
    expect([replication.status, replication.phrase]).toEqual([500, expect.stringMatching(/^cfs-lock .* no quorum!$/)])
    expect((await rows(lab, 'pve1', '/cluster/ha/status/current'))[0]).toMatchObject({ quorate: 1 })
  })

  test('hang pve2: its rows go stale, HA fences, and its guest runs elsewhere', async () => {
    const lab = await start({}, {}, { timeScale: TIME_SCALE })
    await lab.act({ kind: 'hang', host: 'pve2' })
    expect(await lab.until((state) => !state.clusters[0]!.nodes[0]!.members.includes('pve2'), 10_000)).toBe(true)
    const nodes = await rows(lab, 'pve1', '/nodes')
    expect(nodes.find(({ node }) => node === 'pve2')).toMatchObject({ status: 'offline' })
    const moved = await lab.until(
      (state) =>
        state.clusters[0]!.guests.some(({ id, node, running }) => id === 'qemu/101' && node !== 'pve2' && running),
      20_000,
    )
    expect(moved).toBe(true)
    const services = (await rows(lab, 'pve1', '/cluster/ha/status/current')).filter(({ type }) => type === 'service')
    expect(services.find(({ sid }) => sid === 'vm:101')).toMatchObject({ state: 'started' })
    const log = (await askNode(lab, 'pve1', '/nodes/pve1/journal?lastentries=100')).data as string[]
    expect(log.join('\n')).toContain("fencing: acknowledged - got agent lock for node 'pve2'")
    expect(log.join('\n')).toContain("recover service 'vm:101' from fenced node 'pve2'")
  })

  test('with the QDevice lost the cluster still says that it is quorate', async () => {
    const lab = await start()
    const state = async () => ((await askNode(lab, 'pve1', '/cluster/config/qdevice')).data as Row).State
    expect(await state()).toBe('Connected')
    await lab.act({ kind: 'qdevice-down' })
    expect(await state()).toBe('Connect failed')
    expect((await rows(lab, 'pve1', '/cluster/status'))[0]).toMatchObject({ quorate: 1 })
    const network = await claimNetwork()
    const bare = await start({ qdevice: undefined } as unknown as Partial<ClusterSpec>, {}, { network })
    expect((await askNode(bare, 'pve1', '/cluster/config/qdevice')).data).toEqual({})
  })

  test('storage that its host no longer serves is not active, and one that is full says so', async () => {
    const lab = await start()
    const nas = async () => (await rows(lab, 'pve1', '/nodes/pve1/storage')).find(({ storage }) => storage === 'nas')!
    await lab.act({ kind: 'storage-full', storage: 'nas' })
    expect((await nas()).used_fraction).toBeGreaterThan(0.95)
    await lab.act({ kind: 'hang', host: 'nas' })
    expect(await nas()).toMatchObject({ active: 0, total: 0 })
  })
})

describe('what is done', () => {
  test('a guest is started by a task that ends', async () => {
    const lab = await start({}, {}, { timeScale: TIME_SCALE })
    const begun = await askNode(lab, 'pve4', '/nodes/pve4/qemu/104/status/start', { method: 'POST', form: {} })
    const upid = begun.data as string
    expect(upid).toMatch(/^UPID:pve4:[0-9A-F]{8}:[0-9A-F]{8}:[0-9A-F]{8}:qmstart:104:watchdog@pve!lab:$/)
    const status = async () =>
      (await askNode(lab, 'pve4', `/nodes/pve4/tasks/${encodeURIComponent(upid)}/status`)).data as Row
    await expect.poll(status).toMatchObject({ status: 'stopped', exitstatus: 'OK' })
    expect((await rows(lab, 'pve4', '/nodes/pve4/qemu'))[0]).toMatchObject({ vmid: 104, status: 'running' })
    const again = await askNode(lab, 'pve4', '/nodes/pve4/qemu/104/status/start', { method: 'POST', form: {} })
    const failed = await askNode(lab, 'pve4', `/nodes/pve4/tasks/${encodeURIComponent(again.data as string)}/status`)
    expect(failed.data).toMatchObject({ exitstatus: 'VM 104 already running' })
    const errors = await rows(lab, 'pve4', '/nodes/pve4/tasks?errors=1&source=all')
    expect(errors.map((row) => row.upid)).toEqual([again.data])
  })

  test('HA is disarmed and armed; a node reboots, and its journal of the boot before is there', async () => {
    const lab = await start({}, {}, { timeScale: TIME_SCALE })
    const form = { 'resource-mode': 'freeze' }
    expect((await askNode(lab, 'pve1', '/cluster/ha/status/disarm-ha', { method: 'POST', form })).data).toBeNull()
    const armed = async () =>
      (await rows(lab, 'pve1', '/cluster/ha/status/current')).find(({ type }) => type === 'fencing')?.['armed-state']
    await expect.poll(armed).toBe('disarmed')
    expect((await askNode(lab, 'pve1', '/cluster/ha/status/arm-ha', { method: 'POST', form: {} })).status).toBe(200)
    expect(await armed()).toBe('armed')
    const cursor = ((await askNode(lab, 'pve3', '/nodes/pve3/journal?lastentries=1')).data as string[]).at(-1)!
    const reboot = { method: 'POST', form: { command: 'reboot' } } as const
    expect((await askNode(lab, 'pve3', '/nodes/pve3/status', reboot)).data).toBeNull()
    await lab.until((state) => state.hosts[2]!.state === 'booting', 5_000)
    await lab.until((state) => state.hosts[2]!.state === 'up', 5_000)
    await lab.settled()
    const heard = await askNode(lab, 'pve3', `/nodes/pve3/journal?startcursor=${encodeURIComponent(cursor)}`)
    const lines = heard.data as string[]
    expect(heard.headers['content-encoding']).toBe('gzip')
    expect(lines).toContain('-- Reboot --')
    expect(lines.join('\n')).toContain('pve3 systemd-journald[52]: Journal stopped')
    const boot = (text: string | undefined) => /;b=([0-9a-f]{32});/.exec(text ?? '')?.[1]
    expect(boot(lines.at(-1))).not.toBe(boot(cursor))
    expect((await askNode(lab, 'pve1', '/nodes/pve1/wakeonlan', { method: 'POST', form: {} })).status).toBe(500)
  })

  test('round-robin data is the same whenever it is asked', async () => {
    const lab = await start({}, { wallStartMs: () => 1_795_200_000_000 }, { realMs: () => 0 })
    const hour = '/nodes/pve1/rrddata?timeframe=hour'
    const [one, two] = [await rows(lab, 'pve1', hour), await rows(lab, 'pve2', hour)]
    expect(one).toEqual(two)
    expect(one).toHaveLength(60)
    const [average, most] = [one.at(-1)!, (await rows(lab, 'pve1', `${hour}&cf=MAX`)).at(-1)!]
    expect(most.cpu).toBeGreaterThan(average.cpu as number)
    expect(await rows(lab, 'pve1', '/nodes/pve1/rrddata?timeframe=year')).toHaveLength(1_460)
  })
})

test('a node whose clock is off tells its own time', async () => {
  const lab = await start({}, { wallStartMs: () => 1_795_200_000_000 }, { realMs: () => 0 })
  await lab.act({ kind: 'clock-skew', host: 'pve2', skewMs: 90_000 })
  const [right, wrong] = [await askNode(lab, 'pve1', '/version'), await askNode(lab, 'pve2', '/version')]
  expect(Date.parse(wrong.headers.date!) - Date.parse(right.headers.date!)).toBe(90_000)
})

test('an LRM says what its node is being stopped for, while it is still there', async () => {
  const lab = await start({}, {}, { realMs: () => 0 })
  await lab.act({ kind: 'reboot', host: 'pve2' })
  await lab.act({ kind: 'node-maintenance', host: 'pve3' })
  const status = async (id: string) =>
    (await rows(lab, 'pve1', '/cluster/ha/status/current')).find((row) => row.id === id)?.status
  expect(await status('lrm:pve2')).toMatch(/^pve2 \(restart mode, /)
  expect(await status('lrm:pve3')).toMatch(/^pve3 \(maintenance mode, /)
})

describe('what may be wrong with it', () => {
  test('pages, cut-off bodies, no JSON, refusals, another release, late answers, long journals', async () => {
    const lab = await start()
    const api = lab.proxmox()
    api.setFaults('pve1', { answers: 'html' })
    expect((await askNode(lab, 'pve1', '/version')).body).toContain('<html>')
    api.setFaults('pve1', { answers: 'not-json' })
    expect((await askNode(lab, 'pve1', '/version')).json).toBeUndefined()
    api.setFaults('pve1', { answers: 'cut-off' })
    await expect(askNode(lab, 'pve1', '/version')).rejects.toThrow()
    api.setFaults('pve1', { answers: 'unauthorized', only: '/cluster' })
    expect((await askNode(lab, 'pve1', '/cluster/status')).status).toBe(401)
    expect((await askNode(lab, 'pve1', '/version')).status).toBe(200)
    api.setFaults('pve1', { version: '7.4', ownName: 'other' })
    expect((await askNode(lab, 'pve1', '/version')).data).toMatchObject({ release: '7.4' })
    expect((await rows(lab, 'pve1', '/cluster/status'))[0]).toMatchObject({ name: 'other' })
    api.setFaults('pve1', { journalPadding: 20_000 })
    expect(((await askNode(lab, 'pve1', '/nodes/pve1/journal?since=0')).data as string[]).length).toBeGreaterThan(
      20_000,
    )
    expect((await askNode(lab, 'pve2', '/version')).status).toBe(200)
    expect(api.calls().at(-1)).toEqual({ node: 'pve2', verb: 'GET', path: '/version', status: 200 })
  })

  test('a silent or slow node says nothing, and holds nobody up when the lab ends', async () => {
    const lab = await start()
    lab.proxmox().setFaults('pve1', { answers: 'silent' })
    lab.proxmox().setFaults('pve2', { slowMs: 20_000 })
    const waiting = [askNode(lab, 'pve1', '/version'), askNode(lab, 'pve2', '/version')]
    expect((await askNode(lab, 'pve3', '/version')).status).toBe(200)
    const ended = Promise.allSettled(waiting)
    await lab.stop()
    expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  })
})
