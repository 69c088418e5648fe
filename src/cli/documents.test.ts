import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { generatedDocuments } from './documents.ts'

describe('generated pages', () => {
  it.each(Object.entries(generatedDocuments()))('%s is as `npm run generate` writes it', (path, text) => {
    expect(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')).toBe(text)
  })
})
