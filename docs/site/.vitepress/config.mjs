import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitepress'
import { ROOT, breakableNames, decisions, examples, pagesIn, project, repositoryLinks, rewrite } from './pages.mjs'

// Pages lie outside of the folder that holds node_modules.
const vueOfTheSite = {
  name: 'vue-of-the-site',
  enforce: 'pre',
  resolveId(id) {
    return /^vue(\/|$)/.test(id) ? this.resolve(id, fileURLToPath(import.meta.url), { skipSelf: true }) : null
  },
}

const HOW_TO = ['configure', 'annotations', 'jooq', 'hibernate', 'vertx', 'spring', 'unanswered-commits', 'two-phase-commit',
  'hot-rows', 'riding-prologue', 'dsn', 'several-hosts', 'tools', 'row-watch', 'session-context', 'many-to-many', 'observability', 'custom-scope']
const MIGRATIONS = ['from-a-loop', 'from-spring-retry', 'from-resilience4j', 'from-failsafe', 'from-jdbi']
const REFERENCE = ['configuration', 'faults', 'events', 'metrics', 'api', 'round-trips', 'performance', 'versions']
const EXPLANATION = ['how-much-to-undo', 'commit-outcome', 'two-phase-commit', 'back-off', 'why-not']

// Their tables need the width that the outline would take.
const WIDE = ['reference/faults.md', 'reference/round-trips.md', 'reference/performance.md', 'explanation/why-not.md']

const howTo = pagesIn('docs/how-to', [...HOW_TO, ...MIGRATIONS])
const isMigration = page => MIGRATIONS.some(name => page.link === `/how-to/${name}`)

export default defineConfig({
  title: 'dbop',
  description: 'Database operations that survive what databases do to them',
  lang: 'en-GB',
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  srcDir: ROOT,
  srcExclude: ['**/target/**', '**/src/**', '**/.*/**', 'docs/site/**'],
  outDir: `${ROOT}/docs/target/site`,
  cacheDir: `${ROOT}/docs/target/site-cache`,
  // Where the site will be served; '/' unless said otherwise.
  base: process.env.DBOP_DOCS_BASE || '/',
  rewrites: rewrite,
  markdown: {
    theme: { light: 'github-light', dark: 'github-dark' },
    // Anchors as in the repository, where "Vert.x" is #vertx.
    anchor: { slugify: text => text.trim().toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-') },
    config: md => md.use(repositoryLinks).use(breakableNames),
  },
  vite: { plugins: [vueOfTheSite] },
  transformPageData(page) {
    if (WIDE.includes(page.relativePath)) page.frontmatter.aside = false
    if (page.relativePath === 'reference/faults.md') page.frontmatter.pageClass = 'faults'
  },
  themeConfig: {
    search: {
      provider: 'local',
      options: {
        miniSearch: {
          // Who searches for a code wants its row, though the tables are long, which counts against them.
          searchOptions: { fuzzy: 0.1, prefix: true, boost: { title: 4, text: 2, titles: 1 }, boostDocument: id => (id.includes('/reference/') ? 4 : id.includes('/decisions/') ? 0.5 : 1) },
        },
      },
    },
    outline: { level: [2, 3] },
    socialLinks: [],
    docFooter: { prev: false, next: false },
    nav: [
      { text: 'Tutorial', link: '/tutorial/surviving-service' },
      { text: 'How-to', link: '/how-to/configure', activeMatch: '/how-to/' },
      { text: 'Reference', link: '/reference/configuration', activeMatch: '/reference/' },
      { text: 'Explanation', link: '/explanation/how-much-to-undo', activeMatch: '/explanation/' },
    ],
    sidebar: [
      { text: 'Start', items: [{ text: 'Map of the documentation', link: '/' }, ...pagesIn('docs/tutorial')] },
      { text: 'How-to', collapsed: false, items: howTo.filter(page => !isMigration(page)) },
      { text: 'Move to dbop', collapsed: false, items: howTo.filter(isMigration) },
      { text: 'Reference', collapsed: false, items: pagesIn('docs/reference', REFERENCE) },
      { text: 'Explanation', collapsed: false, items: pagesIn('docs/explanation', EXPLANATION) },
      { text: 'Examples', collapsed: true, items: examples() },
      { text: 'Decisions', link: '/decisions/', collapsed: true, items: decisions() },
      { text: 'Project', collapsed: true, items: project() },
    ],
  },
})
