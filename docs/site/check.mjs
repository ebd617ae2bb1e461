// Checks the site that was built: every link and every anchor leads somewhere, and nothing is loaded from elsewhere.
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const SITE = resolve(dirname(fileURLToPath(import.meta.url)), '../target/site')
const BASE = process.env.DBOP_DOCS_BASE || '/'

const files = readdirSync(SITE, { recursive: true }).map(name => join(SITE, name)).filter(name => statSync(name).isFile())
const pages = new Map(files.filter(name => name.endsWith('.html')).map(name => [name, readFileSync(name, 'utf8')]))
const ids = new Map([...pages].map(([name, html]) => [name, new Set([...html.matchAll(/\sid="([^"]+)"/g)].map(m => decode(m[1])))]))
const problems = []
let links = 0

for (const [page, html] of pages) {
  const name = page.slice(SITE.length + 1)
  for (const [, tag, attribute, value] of html.matchAll(/<(a|img|script|link|source|iframe)\b[^>]*?\s(href|src)="([^"]*)"/g)) {
    const external = /^(https?:)?\/\//.test(value)
    if (external && tag !== 'a') problems.push(`${name}: ${tag} ${attribute} is loaded from elsewhere: ${value}`)
    if (external || /^(mailto|data):/.test(value)) continue
    links++
    const missing = missingTarget(page, decode(value))
    if (missing) problems.push(`${name}: ${value}: ${missing}`)
  }
}
for (const style of files.filter(name => name.endsWith('.css'))) {
  for (const [url] of readFileSync(style, 'utf8').matchAll(/url\(['"]?(https?:)?\/\/[^)]*\)|@import[^;]*/g)) {
    problems.push(`${style.slice(SITE.length + 1)}: loaded from elsewhere: ${url}`)
  }
}

function decode(text) {
  return decodeURI(text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'"))
}

function missingTarget(page, value) {
  const [path, anchor] = value.split('#')
  let file = page
  if (path.startsWith('/')) {
    if (!path.startsWith(BASE)) return `outside of ${BASE}`
    file = join(SITE, path.slice(BASE.length))
  } else if (path) {
    file = join(dirname(page), path)
  }
  if (existsSync(file) && statSync(file).isDirectory()) file = join(file, 'index.html')
  if (!existsSync(file)) return 'no such file'
  return anchor && !ids.get(file)?.has(anchor) ? 'no such anchor' : null
}

problems.forEach(problem => console.error(problem))
console.log(`${pages.size} pages, ${links} links and anchors checked, ${problems.length} problems`)
process.exitCode = problems.length > 0 || pages.size === 0 ? 1 : 0
