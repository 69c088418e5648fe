import type { Told } from '../../src/core/state/types.ts'
import { findHost, findOutlet, type World } from '../../src/lab/world/index.ts'
import { storyOf } from './story.ts'
import type { ToldThen } from './watch.ts'

/** What somebody sees who stands beside the site and hears what the watchdog tells. */
export class Onlooker {
  readonly world: World
  readonly told: ToldThen[] = []

  constructor(world: World) {
    this.world = world
  }

  /** Whether the world's outlet is on. */
  isOn(strip: string, outlet: number): boolean {
    return findOutlet(this.world, strip, outlet)?.on === true
  }

  hostState(name: string): string {
    return findHost(this.world, name)?.state ?? 'none'
  }

  has(code: Told['code'], host?: string): boolean {
    return this.told.some((told) => told.code === code && (host === undefined || told.host === host))
  }

  count(code: Told['code'], host?: string): number {
    return this.told.filter((told) => told.code === code && (host === undefined || told.host === host)).length
  }

  story(lines = 60): string {
    return storyOf(this.world, this.told, lines)
  }
}
