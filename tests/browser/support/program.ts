/**
 * Starts the program under test: the demo of this checkout, in a fresh folder, on a free port. `LASTMILE_URL` names a demo that
 * already runs instead; `LASTMILE_BIN` another binary.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../../..');
/** The first start loads a year of history through the real pipeline; a busy machine takes minutes. */
const LONGEST_START_MS = 10 * 60_000;

export default async function start(): Promise<(() => Promise<void>) | void> {
  if (process.env['LASTMILE_URL']) return;

  const binary = process.env['LASTMILE_BIN'] ?? join(ROOT, 'target/debug/lastmile');
  if (!existsSync(binary)) throw new Error(`${binary} is missing: build it with "cargo build" first`);
  const folder = await mkdtemp(join(tmpdir(), 'lastmile-browser-'));
  const address = `127.0.0.1:${await freePort()}`;
  const program = spawn(binary, ['demo'], {
    cwd: ROOT,
    env: { ...foreign(), LASTMILE_DATA_DIR: folder, LASTMILE_LISTEN: address },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let ended = false;
  program.stdout.on('data', (text: Buffer) => process.stdout.write(text));
  program.stderr.on('data', (text: Buffer) => (said = (said + text.toString()).slice(-8000)));
  const gone = new Promise<void>((done) => {
    const end = (): void => {
      ended = true;
      done();
    };
    program.once('exit', end).once('error', (error) => {
      said += error.message;
      end();
    });
  });
  const stop = async (): Promise<void> => {
    program.kill('SIGTERM');
    const slow = setTimeout(() => program.kill('SIGKILL'), 10_000);
    await gone;
    clearTimeout(slow);
    await rm(folder, { recursive: true, force: true });
  };

  const url = `http://${address}`;
  const deadline = Date.now() + LONGEST_START_MS;
  while (!(await isReady(url))) {
    if (ended || Date.now() > deadline) {
      await stop();
      throw new Error(`The program ${ended ? 'ended' : 'did not become ready'}. It said last:\n${said}`);
    }
    await new Promise((wait) => setTimeout(wait, 250));
  }
  // Workers begin with this process's environment.
  process.env['LASTMILE_URL'] = url;
  return stop;
}

/** The environment without settings of the program: a developer's own database is none of the tests' business. */
function foreign(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('LASTMILE_')));
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`)).ok;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const server = createServer();
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => found(port));
    });
  });
}
