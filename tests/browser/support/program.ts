/**
 * Starts the program under test: the demo of this checkout, in a fresh folder, on a free port. `LASTMILE_URL` names a demo that
 * already runs instead; `LASTMILE_BIN` another binary. What an installation decides at its start is tried with a program of its own.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../../..');
/** The first start loads a year of history through the real pipeline; a busy machine takes minutes. */
const LONGEST_START_MS = 10 * 60_000;

export type Program = { url: string; stop: () => Promise<void> };
export type NewUser = { email: string; name: string; role: string; password: string };

export default async function start(): Promise<(() => Promise<void>) | void> {
  if (process.env['LASTMILE_URL']) return;
  const { url, stop } = await launch('demo');
  // Workers begin with this process's environment.
  process.env['LASTMILE_URL'] = url;
  return stop;
}

/** A program in a folder of its own. What is served, and not a demo, holds nothing but these users. */
export async function launch(command: 'demo' | 'serve', settings: Record<string, string> = {}, users: NewUser[] = []): Promise<Program> {
  const binary = process.env['LASTMILE_BIN'] ?? join(ROOT, 'target/debug/lastmile');
  if (!existsSync(binary)) throw new Error(`${binary} is missing: build it with "cargo build" first`);
  const folder = await mkdtemp(join(tmpdir(), 'lastmile-browser-'));
  const address = `127.0.0.1:${await freePort()}`;
  const env = { ...foreign(), LASTMILE_DATA_DIR: folder, LASTMILE_LISTEN: address, ...settings };
  for (const user of users) await addUser(binary, env, user);
  const program = spawn(binary, [command], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
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
  return { url, stop };
}

/** A user, made on the command line as an installation's first one is: the password comes by standard input. */
async function addUser(binary: string, env: NodeJS.ProcessEnv, { email, name, role, password }: NewUser): Promise<void> {
  const command = spawn(binary, ['user', 'add', '--email', email, '--name', name, '--role', role], { cwd: ROOT, env, stdio: ['pipe', 'ignore', 'pipe'] });
  let said = '';
  command.stderr.on('data', (text: Buffer) => (said += text.toString()));
  const ended = once(command, 'exit');
  command.stdin.end(`${password}\n`);
  const [code] = await ended;
  if (code !== 0) throw new Error(`The user ${email} could not be made. The program said:\n${said}`);
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
