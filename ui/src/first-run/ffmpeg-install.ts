/** How ffmpeg is installed on each system, in a build that has x264 and libass. */
import type { AppPlatform } from '../platform';

export interface InstallWay {
  system: string;
  command: string;
}

const WAYS: Record<AppPlatform, readonly InstallWay[]> = {
  linux: [
    { system: 'Debian, Ubuntu, Mint', command: 'sudo apt install ffmpeg' },
    // Fedora's own ffmpeg-free has no x264; this one is RPM Fusion's, which has to be enabled.
    { system: 'Fedora (RPM Fusion)', command: 'sudo dnf install --allowerasing ffmpeg' },
    { system: 'Arch', command: 'sudo pacman -S ffmpeg' },
  ],
  // Homebrew's plain ffmpeg is built without libass since version 8; the full one is not linked by itself.
  macos: [
    { system: 'Homebrew', command: 'brew install ffmpeg-full && brew link --force --overwrite ffmpeg-full' },
  ],
  windows: [{ system: 'winget', command: 'winget install --id Gyan.FFmpeg' }],
};

export function installWays(platform: AppPlatform): readonly InstallWay[] {
  return WAYS[platform];
}
