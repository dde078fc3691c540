/** Who is signed in. `undefined` while we ask, `null` when nobody is. The cookie itself is out of reach of scripts. */
import { api, ApiError, ok, onSignedOut, toProblem } from '../api/client.ts';
import type { Me, Permission, Problem } from '../api/types.ts';
import { setFormats } from '../lib/format.ts';

let me = $state.raw<Me | null>();
let problem = $state.raw<Problem>();

export const session = {
  get me() {
    return me;
  },
  /** Why we could not even ask, other than "nobody is signed in". */
  get problem() {
    return problem;
  },
  can(permission: Permission): boolean {
    return me?.permissions.includes(permission) ?? false;
  },
};

export async function loadSession(): Promise<void> {
  problem = undefined;
  try {
    enter(await ok(api.GET('/api/v1/me')));
  } catch (cause) {
    if (cause instanceof ApiError && cause.status === 401) me = null;
    else problem = toProblem(cause);
  }
}

export async function signIn(email: string, password: string): Promise<void> {
  const answer = await ok(api.POST('/api/v1/session', { body: { email, password } }));
  enter(answer.user);
}

export async function signOut(): Promise<void> {
  await ok(api.DELETE('/api/v1/session'));
  me = null;
}

/** Is this a demo installation? A server that does not say so is none. */
export async function isDemo(): Promise<boolean> {
  try {
    const health = (await (await fetch('/healthz')).json()) as { demo?: boolean };
    return health.demo === true;
  } catch {
    return false;
  }
}

function enter(user: Me): void {
  setFormats(navigator.language, user.time_zone);
  me = user;
}

onSignedOut(() => {
  if (me) me = null;
});
