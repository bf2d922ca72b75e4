import type { ReactNode } from "react";

/** A message in place of the picture, with what can be done about it. */
export function Notice({ heading, message, children }: { heading: string; message: string; children?: ReactNode }) {
  return (
    <section className="notice" role="alert">
      <h2>{heading}</h2>
      <p>{message}</p>
      {children}
    </section>
  );
}
