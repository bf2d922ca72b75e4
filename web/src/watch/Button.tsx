import type { ReactNode } from "react";

/** A button that shows an icon and says what it does to whoever can't see it. */
export function Button({ label, onClick, expanded, children }: { label: string; onClick: () => void; expanded?: boolean; children: ReactNode }) {
  return (
    <button type="button" className="icon" aria-label={label} title={label} aria-expanded={expanded} onClick={onClick}>
      {children}
    </button>
  );
}
