import type { ReactNode } from "react";

function Icon({ children }: { children: ReactNode }) {
  return (
    <svg viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
      {children}
    </svg>
  );
}

export const PlayIcon = () => <Icon><path d="M7 4.5v15l12-7.5z" fill="currentColor" /></Icon>;
export const PauseIcon = () => <Icon><path d="M8 5v14M16 5v14" strokeWidth="3.4" /></Icon>;
export const ReplayIcon = () => <Icon><path d="M4 12a8 8 0 1 0 2.6-5.9L4 8.5M4 4v4.5h4.5" /></Icon>;
export const BackIcon = () => <Icon><path d="m11 7-5 5 5 5M18 7l-5 5 5 5" /></Icon>;
export const ForwardIcon = () => <Icon><path d="m13 7 5 5-5 5M6 7l5 5-5 5" /></Icon>;
export const NextIcon = () => <Icon><path d="M6 5v14l10-7zM19 5v14" /></Icon>;
export const TracksIcon = () => <Icon><rect x="3" y="5" width="18" height="14" rx="2.5" /><path d="M7 12h4M14 12h3M7 15.5h7" /></Icon>;
export const FullscreenIcon = () => <Icon><path d="M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5" /></Icon>;
export const VolumeIcon = () => <Icon><path d="M4 9.5v5h3.5L12 18V6L7.5 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11" /></Icon>;
export const MutedIcon = () => <Icon><path d="M4 9.5v5h3.5L12 18V6L7.5 9.5zM16 9.5l5 5M21 9.5l-5 5" /></Icon>;
