import { describe, expect, it } from 'vitest'
import type { NightOptions, PowerNight } from '../../../test/sim/power/power-night.ts'
import { haTwo, night, three } from '../../../test/sim/power/story.ts'
import { planRisks } from './plan-risks.ts'
import type { UpsPolicy } from './policy.ts'
import type { PowerSite } from './site.ts'

const risksOf = (site: PowerNight) => planRisks(site.state, site.policy.ups as UpsPolicy)
const of = (options: Partial<NightOptions>) => risksOf(night(options))
const codes = (options: Partial<NightOptions>) => of(options).map(({ code, subject }) => `${code} ${subject}`)

describe('what is in the way of the plan', () => {
  it('is nothing where everything can be done', () => {
    expect(codes({ world: three })).toEqual([])
    expect(codes({ world: haTwo })).toEqual([])
  })

  it('is an HA that stays armed where a stage costs quorum, and only there', () => {
    const [risk] = of({ world: { ...haTwo, haWay: 'none' } })
    expect(risk).toMatchObject({ code: 'ha-stays-armed', subject: 'main', grave: true })
    expect(risk?.sentence).toBe(
      'Without pve2, which goes in the stage secondaries, main has no quorum (1 of 2 votes that are needed), and HA cannot be made to let go: Sys.Console is missing. It waits for the last stage, and all go together.',
    )
    expect(codes({ world: { ...haTwo, haWay: 'none', qdevice: true } })).toEqual([])
    const all = [{ name: 'all', afterMs: 60_000, shedTags: [], hosts: ['pve1', 'pve2'] }]
    expect(codes({ world: { ...haTwo, haWay: 'none' }, ups: { stages: all } })).toEqual([])
  })

  it('is access that is missing', () => {
    const site = night()
    const lacks = [{ for: 'nodes', sentence: 'our token lacks Sys.PowerMgmt on /nodes' }] as const
    site.deliver({ kind: 'power-site', site: { ...(site.state.powerSites.main as PowerSite), lacks } })
    expect(risksOf(site)).toEqual([
      {
        code: 'no-access',
        subject: 'main',
        grave: true,
        sentence:
          'main: no node can be shut down through the API (our token lacks Sys.PowerMgmt on /nodes). proxmox-watchdog proxmox role prints what grants it.',
      },
    ])
  })

  it('is a host that cannot be shut down, or not be started', () => {
    expect(codes({ fed: { pve2: { shutdownBy: [] } } })).toEqual(['no-way-down pve2'])
    expect(codes({ fed: { pve2: { startBy: ['firmware'] }, pve3: { startBy: [] } } })).toEqual([
      'no-way-up pve2',
      'no-way-up pve3',
    ])
    const hosts = ['pve1', 'pve3']
    const stages = [{ name: 'some', afterMs: 60_000, shedTags: [], hosts }]
    expect(codes({ ups: { stages }, fed: { pve2: { shutdownBy: [], startBy: [] } } })).toEqual([])
  })

  it('is worth knowing where the watchdog goes down with it', () => {
    expect(of({ runsHere: 'pve1' })).toMatchObject([{ code: 'carries-us', subject: 'pve1', grave: false }])
  })

  it('is a battery that lasts for less than everything takes', () => {
    expect(codes({ world: { ...three, batteryS: 600 } })).toEqual(['too-short rack'])
  })
})
