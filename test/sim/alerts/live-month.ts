import type { AlertStore } from '../../../src/ports/alert-store.ts'
import { judge } from './judge.ts'
import type { Happening, Month } from './month.ts'
import { MINUTE, Site } from './site.ts'
import { Sources } from './sources.ts'

/** After the month all is well for so long: what is on its way must arrive or expire by then. */
const HEALED_MS = 14 * 24 * 60 * MINUTE

export type Lived = { readonly site: Site; readonly sources: Sources; readonly wrong: readonly string[] }

/** Lives through a month, heals the world, and tells what went wrong. */
export async function liveMonth(month: Month, open: () => AlertStore): Promise<Lived> {
  const site = new Site(month, open)
  const sources = new Sources(site)
  const downs: number[] = []
  const begin = () =>
    site.begin(() => {
      const downMs = (downs.shift() ?? 1) * MINUTE
      site.time.at(site.time.monoMs + downMs + 1_000, begin)
    })
  begin()
  for (const happening of month.happenings) {
    site.time.at((happening.atMin * MINUTE) / month.squeeze, () => happen(happening, site, sources, downs))
  }
  await site.time.passUntil(month.lengthMin * MINUTE)
  heal(site)
  await site.time.passUntil(site.time.monoMs + HEALED_MS)
  const wrong = judge(site, sources)
  downs.length = 0
  site.life?.end()
  return { site, sources, wrong }
}

function heal(site: Site): void {
  for (const service of site.services) service.mood = undefined
  site.full = false
  site.life?.spare()
  site.reload('')
  for (const { id } of site.path?.silences() ?? []) site.path?.endSilence(id, 'the end')
}

function happen(happening: Happening, site: Site, sources: Sources, downs: number[]): void {
  const { time } = site
  switch (happening.kind) {
    case 'alert':
      return sources.alert(happening)
    case 'notice':
      return sources.notice(happening)
    case 'note':
      return sources.note(happening.host)
    case 'mood': {
      const service = site.services.find(({ name }) => name === happening.channel)
      if (service === undefined) return
      service.mood = happening.mood
      time.at(time.monoMs + happening.forMin * MINUTE, () => {
        if (service.mood === happening.mood) service.mood = undefined
        site.troubled()
      })
      return
    }
    case 'silence': {
      const forMs = Math.max(1, happening.forMin) * MINUTE
      site.path?.silence({ matchers: [`host=${happening.host}`], forMs, by: 'anna', comment: '' })
      return
    }
    case 'acknowledge': {
      const [firing] = site.store.listIncidents({ status: 'firing', limit: 1 })
      if (firing !== undefined) site.path?.acknowledge(firing.id, 'anna', '')
      return
    }
    case 'clock':
      time.wallErrorMs += happening.byMin * MINUTE
      site.troubled()
      return
    case 'crash':
      downs.push(happening.downMin)
      site.life?.plan(happening.point, happening.after)
      return
    case 'stop':
      downs.push(happening.downMin)
      void site.stop()
      return
    case 'disk-full':
      site.full = true
      time.at(time.monoMs + happening.forMin * MINUTE, () => {
        site.full = false
        site.troubled()
      })
      return
    case 'reload':
      return site.reload(happening.without)
  }
}
