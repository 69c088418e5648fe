import { test } from 'vitest'
import { STORIES } from './stories.ts'

test.each(STORIES)('$name', ({ run }) => run())
