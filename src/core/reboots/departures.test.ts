import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { departuresIn } from './departures.ts'

const said = (text: string, who = 'corosync[70]') => `Nov 20 18:58:44 pve1 ${who}:   ${text}`
const LEFT = said('[TOTEM ] A new membership (1.15) was formed. Members left: 2')
const FAILED = said('[TOTEM ] Failed to receive the leave message. failed: 2')
const JOINED = said('[TOTEM ] A new membership (1.19) was formed. Members joined: 2')

describe('a member that leaves', () => {
  it('said goodbye if nothing to the contrary follows by the next look', () => {
    expect(departuresIn([LEFT], [])).toEqual({ left: [], joined: [], pending: [2] })
    expect(departuresIn([], [2])).toEqual({ left: [2], joined: [], pending: [] })
  })

  it('died if its goodbye was not heard, however the lines are cut', () => {
    expect(departuresIn([LEFT, FAILED], [])).toEqual({ left: [], joined: [], pending: [] })
    expect(departuresIn([FAILED], [2])).toEqual({ left: [], joined: [], pending: [] })
  })

  it('and is back at once was only restarted', () => {
    expect(departuresIn([LEFT, JOINED], [])).toEqual({ left: [], joined: [2], pending: [] })
    expect(departuresIn([JOINED], [2])).toEqual({ left: [], joined: [2], pending: [] })
    const both = said('[TOTEM ] A new membership (1.19) was formed. Members joined: 3 left: 2 4')
    expect(departuresIn([both], [])).toEqual({ left: [], joined: [3], pending: [2, 4] })
  })

  it('is told by corosync alone', () => {
    expect(departuresIn([said('[TOTEM ] A new membership (1.15) was formed. Members left: 2', 'app[1]')], [])).toEqual({
      left: [],
      joined: [],
      pending: [],
    })
  })

  it('was cut off in the recorded loss of quorum', () => {
    const recorded = new URL('../../../test/golden/reboots/recorded-quorum-loss-fence/prev.txt', import.meta.url)
    const lines = readFileSync(recorded, 'utf8').split('\n')
    expect(departuresIn(lines, [])).toMatchObject({ left: [], pending: [] })
  })
})
