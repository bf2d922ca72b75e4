import { useEffect, useState } from "react";

const IDLE_AFTER_MS = 3_000;

/** True once neither pointer nor keys have moved for three seconds. */
export function useIdle(stage: HTMLElement): boolean {
  const [idle, setIdle] = useState(false);
  useEffect(() => {
    const listening = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    function wake() {
      setIdle(false);
      clearTimeout(timer);
      timer = setTimeout(() => setIdle(true), IDLE_AFTER_MS);
    }
    for (const event of ["pointermove", "pointerdown"]) stage.addEventListener(event, wake, { signal: listening.signal });
    document.addEventListener("keydown", wake, { signal: listening.signal });
    wake();
    return () => {
      listening.abort();
      clearTimeout(timer);
    };
  }, [stage]);
  return idle;
}
