/** The little of a browser that our modules ask for: a localStorage, and a fetch that answers as told. */

interface Asked {
  operationName: string;
  variables: Record<string, unknown>;
  authorization: string | undefined;
}

export function stubStorage(): void {
  const entries = new Map<string, string>();
  const storage = {
    getItem: (key: string) => entries.get(key) ?? null,
    setItem: (key: string, value: string) => void entries.set(key, value),
    removeItem: (key: string) => void entries.delete(key),
  };
  Object.defineProperty(globalThis, "localStorage", { value: storage, configurable: true });
}

/** Answers each operation with what `answer` gives for it; returns the list that the requests are noted in. */
export function stubFetch(answer: (asked: Asked) => object | Promise<object>): Asked[] {
  const requests: Asked[] = [];
  globalThis.fetch = async (_address, init) => {
    const headers = new Headers(init?.headers);
    const body = JSON.parse(String(init?.body)) as Asked;
    const asked = { ...body, authorization: headers.get("authorization") ?? undefined };
    requests.push(asked);
    return Response.json(await answer(asked));
  };
  return requests;
}
