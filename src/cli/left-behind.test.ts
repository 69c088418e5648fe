import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { NOON } from '../../test/faces/clock.ts'
import { run } from '../../test/faces/command-line.ts'
import { cycling } from '../../test/faces/situation.ts'
import type { Change } from '../core/state/types.ts'
import { breadcrumbsIn } from '../store/breadcrumbs.ts'
import { openStore } from '../store/open.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'watchdog-left-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

/** What a watchdog that is not there any more had written down. */
function leave(changes: readonly Change[]): void {
  const opened = openStore({ directory, retentionMs: 86_400_000, now: () => NOON })
  expect(opened).toMatchObject({ ok: true })
  if (!opened.ok) return
  expect(opened.store.commit(changes, [])).toEqual({ ok: true })
  opened.store.close()
}

const check = () => run(['uninstall-check', '--state-directory', directory])

describe('uninstall-check without a watchdog', () => {
  it('is safe where everything was ended', async () => {
    leave([])
    expect(await check()).toMatchObject({ code: 0, err: '' })
  })

  it('sees a cycle that was interrupted', async () => {
    leave([{ collection: 'intents', key: 'plan-9', value: cycling().intents['plan-9'] }])
    const { code, out } = await check()
    expect(code).toBe(1)
    expect(out).toContain('The cycle of pve2 (plan-9) was interrupted with outlet strip/1')
  })

  it('sees an order that keeps an outlet off', async () => {
    const offOnPurpose = { claim: 'c', target: 'pve1', by: 'cli:anna', at: NOON }
    leave([{ collection: 'outlets', key: 'strip/0', value: { key: 'strip/0', offOnPurpose } }])
    expect(await check()).toMatchObject({
      code: 1,
      out: expect.stringContaining('strip/0 is off on order of cli:anna'),
    })
  })

  it('sees a mark whose state is lost', async () => {
    const mark = { intent: 'plan-9', target: 'pve2', device: 'strip', outlet: '1', reason: 'dead', holdMs: 600_000 }
    const put = breadcrumbsIn(directory).put({ ...mark, offAtWallMs: NOON.wallMs, bootId: NOON.bootId, offAtMonoMs: 1 })
    expect(put).toEqual({ ok: true })
    expect(await check()).toMatchObject({
      code: 1,
      out: expect.stringContaining('Outlet strip/1 of pve2 was turned off'),
    })
  })
})
