import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Plugin, Rolldown } from 'vite';

/** Script that a phone loads before it can work, gzipped, without the map. */
export const SCRIPT_LIMIT = 60_000;
const ENTRY = 'courier.html';
const WORKER = 'sw-courier.js';
/** Name of the map engine's chunk, see `codeSplitting` in `vite.config.ts`. */
const MAP = 'map';
/** The page itself as the server gives it, and the files of the public folder that it names. */
const OWN = ['/courier', '/courier/manifest.webmanifest', '/courier/icon-192.png', '/courier/icon-512.png', '/courier/icon-maskable-512.png'];

type Bundle = Rolldown.OutputBundle;
type Chunk = Rolldown.OutputChunk;
type Meta = { viteMetadata?: { importedCss: Set<string>; importedAssets: Set<string> } };

/** The chunks that an entry loads at once: itself and what it imports, but nothing that it imports later on demand. */
export function chunksOf(bundle: Bundle, entry: Chunk): Chunk[] {
  const found = new Map<string, Chunk>();
  const visit = (chunk: Chunk): void => {
    if (found.has(chunk.fileName)) return;
    found.set(chunk.fileName, chunk);
    for (const name of chunk.imports) {
      const next = bundle[name];
      if (next?.type === 'chunk') visit(next);
    }
  };
  visit(entry);
  return [...found.values()];
}

/** The screens that those chunks load on demand, with what they need, but for the map: a courier needs them without network. */
export function laterOf(bundle: Bundle, chunks: readonly Chunk[]): Chunk[] {
  const found = new Set<Chunk>();
  for (const name of chunks.flatMap((chunk) => chunk.dynamicImports)) {
    const screen = bundle[name];
    const needed = screen?.type === 'chunk' ? chunksOf(bundle, screen) : [];
    if (!needed.some((chunk) => chunk.name === MAP)) for (const chunk of needed) found.add(chunk);
  }
  return [...found].filter((chunk) => !chunks.includes(chunk));
}

/** Names of everything those chunks need. Letters that Vietnamese and English do without are left to the network. */
export function filesOf(chunks: readonly Chunk[]): string[] {
  const names = new Set<string>();
  for (const chunk of chunks) {
    names.add(chunk.fileName);
    const { viteMetadata } = chunk as Meta;
    for (const name of [...(viteMetadata?.importedCss ?? []), ...(viteMetadata?.importedAssets ?? [])]) names.add(name);
  }
  return [...names].filter((name) => !name.includes('-latin-ext-')).sort();
}

/** Bytes of script after gzip. */
export function scriptBytes(chunks: readonly Pick<Chunk, 'code'>[]): number {
  return chunks.reduce((sum, chunk) => sum + gzipSync(chunk.code, { level: 9 }).byteLength, 0);
}

/** Builds the courier's service worker with the list of what it keeps, and refuses a page that has grown too heavy. */
export function offlineCourier(): Plugin {
  return {
    name: 'offline-courier',
    apply: 'build',
    enforce: 'post',
    buildStart() {
      this.emitFile({ type: 'chunk', id: new URL('./worker.ts', import.meta.url).pathname, fileName: WORKER });
    },
    generateBundle(_options, bundle) {
      const entry = Object.values(bundle).find((one) => one.type === 'chunk' && one.isEntry && one.facadeModuleId?.endsWith(`/${ENTRY}`));
      const worker = bundle[WORKER];
      if (entry?.type !== 'chunk' || worker?.type !== 'chunk') return this.error(`${ENTRY} or ${WORKER} was not built`);
      const chunks = chunksOf(bundle, entry);
      const bytes = scriptBytes(chunks);
      if (bytes > SCRIPT_LIMIT) this.error(`the courier's page loads ${bytes} bytes of script, ${SCRIPT_LIMIT} are allowed`);
      const files = filesOf([...chunks, ...laterOf(bundle, chunks)]).map((name) => `/${name}`);
      const page = bundle[ENTRY];
      const version = hash([...files, page?.type === 'asset' ? String(page.source) : '', worker.code]);
      worker.code = worker.code.replace('__PRECACHE__', JSON.stringify({ version, files: [...OWN, ...files] }));
      this.info(`courier: ${bytes} bytes of script after gzip, ${files.length + OWN.length} files kept for offline use`);
    },
  };
}

function hash(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 12);
}
