// Which files of the repository are pages of the site, where, and how links between them are written there.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../../..')

const PROJECT = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md']

/** The page of the site that a Markdown file of the repository becomes, or null if it is none. */
export function pageOf(file) {
  if (file === 'docs/decisions/README.md') return 'decisions/index.md'
  if (file === 'examples/README.md') return 'examples/index.md'
  if (PROJECT.includes(file)) return `project/${file.toLowerCase()}`
  const example = /^examples\/([^/]+)\/README\.md$/.exec(file)
  if (example) return `examples/${example[1]}.md`
  return /^docs\/(?!site\/|target\/).*\.md$/.test(file) ? file.slice('docs/'.length) : null
}

export function rewrite(file) {
  return pageOf(file) ?? file
}

/** The title of a file of the repository: its first heading. */
function titleOf(file) {
  const heading = /^# (.+)$/m.exec(readFileSync(join(ROOT, file), 'utf8'))
  return heading ? heading[1].replaceAll('`', '') : file
}

function item(file) {
  return { text: titleOf(file), link: `/${pageOf(file).replace(/\.md$/, '')}` }
}

/** The pages of a folder: those named first, in that order, then the others by title. */
export function pagesIn(folder, first = []) {
  const files = readdirSync(join(ROOT, folder)).filter(name => name.endsWith('.md') && name !== 'README.md')
  const named = first.map(name => `${name}.md`).filter(name => files.includes(name))
  const others = files.filter(name => !named.includes(name)).map(name => item(`${folder}/${name}`))
  others.sort((a, b) => a.text.localeCompare(b.text))
  return [...named.map(name => item(`${folder}/${name}`)), ...others]
}

export function decisions() {
  return readdirSync(join(ROOT, 'docs/decisions')).filter(name => /^\d/.test(name)).sort()
    .map(name => ({ ...item(`docs/decisions/${name}`), text: `${Number(name.slice(0, 4))}. ${titleOf(`docs/decisions/${name}`).replace(/^\d+[.:]? */, '')}` }))
}

export function examples() {
  return readdirSync(join(ROOT, 'examples')).filter(name => existsSync(join(ROOT, 'examples', name, 'README.md')))
    .sort().map(name => item(`examples/${name}/README.md`))
}

/** What concerns the project, and the pages right in docs/ but the first. */
export function project() {
  return [...PROJECT.map(item), ...pagesIn('docs').filter(page => page.link !== '/index')]
}

/**
 * Makes links between files of the repository links between pages. A link to a file that is no page (source code, say)
 * stays as text: the site knows no address of the repository.
 */
export function repositoryLinks(md) {
  md.core.ruler.push('repository-links', state => {
    const from = relative(ROOT, state.env.realPath ?? state.env.path).split('\\').join('/')
    for (const block of state.tokens) {
      if (block.type === 'inline') rewriteLinks(block, from)
    }
  })
}

function rewriteLinks(block, from) {
  const open = []
  for (const token of block.children) {
    if (token.type === 'link_open') {
      const href = token.attrGet('href')
      const target = siteLink(href, from)
      if (target) token.attrSet('href', target)
      else drop(token)
      open.push(target)
    } else if (token.type === 'link_close' && !open.pop()) {
      drop(token)
    }
  }
}

function drop(token) {
  token.type = 'text'
  token.content = ''
  token.tag = ''
  token.nesting = 0
}

function siteLink(href, from) {
  if (/^([a-z]+:|#|\/)/i.test(href)) return href
  const [path, anchor] = href.split('#')
  const file = posix.normalize(posix.join(posix.dirname(from), decodeURI(path)))
  if (!existsSync(join(ROOT, file))) throw new Error(`${from}: the link to ${href} leads nowhere`)
  const page = pageOf(file.replace(/\/$/, '/README.md'))
  return page && `/${page}${anchor ? `#${anchor}` : ''}`
}

/** Lets long_names_like_this break after an underscore, for the sake of narrow columns. */
export function breakableNames(md) {
  const text = md.renderer.rules.text
  md.renderer.rules.text = (...args) => text(...args).replace(/(\w_)(?=\w)/g, '$1<wbr>')
}
