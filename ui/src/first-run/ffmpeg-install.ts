/** How to install ffmpeg with x264 and libass on each system. */
import type { AppPlatform } from '../platform';

export interface InstallWay {
  system: string;
  command: string;
}

const WAYS: Record<AppPlatform, readonly InstallWay[]> = {
  linux: [
    { system: 'Debian, Ubuntu, Mint', command: 'sudo apt install ffmpeg' },
    // Fedora's own ffmpeg-free lacks x264; this one is from RPM Fusion, which
    // has to be enabled.
    { system: 'Fedora (RPM Fusion)', command: 'sudo dnf install --allowerasing ffmpeg' },
    { system: 'Arch', command: 'sudo pacman -S ffmpeg' },
  ],
  // Homebrew's default ffmpeg is built without libass since version 8; the full
  // one is not linked automatically.
  macos: [
    { system: 'Homebrew', command: 'brew install ffmpeg-full && brew link --force --overwrite ffmpeg-full' },
  ],
  windows: [{ system: 'winget', command: 'winget install --id Gyan.FFmpeg' }],
};

export function installWays(platform: AppPlatform): readonly InstallWay[] {
  return WAYS[platform];
}
