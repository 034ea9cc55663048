import { fireEvent, render, screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import Picture from './Picture.svelte';

describe('a picture', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is asked for once more when it could not be had, then given up with a mark', async () => {
    render(Picture, { src: '/thumb', alt: 'Highlight 1' });
    const first = screen.getByRole('img');
    await fireEvent.error(first);
    vi.advanceTimersByTime(2_000);
    await tick();
    const second = screen.getByRole('img');
    expect(second).not.toBe(first);
    await fireEvent.error(second);
    expect(screen.getByRole('img', { name: 'Highlight 1' }).tagName.toLowerCase()).toBe('svg');
  });

  it('says why there is none, where that is known', async () => {
    const { container } = render(Picture, { src: '/thumb', alt: '', failure: 'Its footage is gone' });
    for (let turn = 0; turn < 2; turn += 1) {
      await fireEvent.error(container.querySelector('img') as HTMLImageElement);
      vi.advanceTimersByTime(2_000);
      await tick();
    }
    expect(screen.getByRole('img', { name: 'Its footage is gone' })).toBeTruthy();
  });
});
